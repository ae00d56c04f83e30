package io.kidreaper.control;

import io.kidreaper.json.Json;
import io.kidreaper.json.JsonFault;
import io.kidreaper.memory.Area;
import io.kidreaper.memory.Footing;
import io.kidreaper.pool.ProcessId;
import tools.jackson.core.JsonGenerator;

/** A {@link FirstSeen} as keys of a line; docs/CONTROL.md describes it. */
final class FirstSeenJson {
  private FirstSeenJson() {}

  static void write(JsonGenerator json, FirstSeen first) {
    json.writeStringProperty("pool", first.pool());
    json.writeNumberProperty("pid", first.worker().pid());
    json.writeNumberProperty("startTicks", first.worker().startTicks());
    json.writeNumberProperty("monotonicNanos", first.footing().atNanos());
    json.writeNumberProperty("minorFaults", first.footing().minorFaults());
    json.writeBooleanProperty("othersEnded", first.othersEnded());
    area(json, "own", first.footing().own());
    area(json, "sharedMemory", first.footing().sharedMemory());
  }

  private static void area(JsonGenerator json, String key, Area area) {
    json.writeObjectPropertyStart(key);
    json.writeNumberProperty("rssBytes", area.rssBytes());
    json.writeNumberProperty("pssBytes", area.pssBytes());
    json.writeNumberProperty("sharedCleanBytes", area.sharedCleanBytes());
    json.writeNumberProperty("sharedDirtyBytes", area.sharedDirtyBytes());
    json.writeNumberProperty("privateCleanBytes", area.privateCleanBytes());
    json.writeNumberProperty("privateDirtyBytes", area.privateDirtyBytes());
    json.writeNumberProperty("anonymousBytes", area.anonymousBytes());
    json.writeNumberProperty("sharedAnonymousBytes", area.sharedAnonymousBytes());
    json.writeNumberProperty("reclaimableBytes", area.lazyFreeBytes());
    json.writeNumberProperty("swapBytes", area.swapBytes());
    json.writeNumberProperty("swapPssBytes", area.swapPssBytes());
    json.writeNumberProperty("hugeBytes", area.hugeBytes());
    json.writeNumberProperty("hugetlbBytes", area.hugetlbBytes());
    json.writeEndObject();
  }

  static FirstSeen read(Json.Obj json) throws JsonFault {
    return new FirstSeen(
        json.text("pool"),
        new ProcessId(json.smallNumber("pid"), json.number("startTicks")),
        new Footing(
            area(json.object("own")),
            area(json.object("sharedMemory")),
            json.number("minorFaults"),
            json.number("monotonicNanos")),
        json.isTrue("othersEnded"));
  }

  private static Area area(Json.Obj json) throws JsonFault {
    return new Area(
        json.number("rssBytes"),
        json.number("pssBytes"),
        json.number("sharedCleanBytes"),
        json.number("sharedDirtyBytes"),
        json.number("privateCleanBytes"),
        json.number("privateDirtyBytes"),
        json.number("anonymousBytes"),
        json.number("sharedAnonymousBytes"),
        json.number("reclaimableBytes"),
        json.number("swapBytes"),
        json.number("swapPssBytes"),
        json.number("hugeBytes"),
        json.number("hugetlbBytes"));
  }
}
