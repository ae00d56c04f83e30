package io.kidreaper.control;

import io.kidreaper.json.Json;
import io.kidreaper.json.JsonFault;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;

/** A {@link PoolStatus} as the members of a JSON object. What is empty has no key. */
final class StatusJson {
  private StatusJson() {}

  static void write(JsonGenerator json, PoolStatus pool) {
    json.writeStringProperty("name", pool.name());
    json.writeNumberProperty("pid", pool.pid());
    json.writeStringProperty("state", pool.state().word());
    json.writeStringProperty("since", pool.since().toString());
    json.writeArrayPropertyStart("listening");
    pool.listening().forEach(json::writeString);
    json.writeEndArray();
    if (pool.attached().isPresent()) {
      json.writeObjectPropertyStart("attached");
      attached(json, pool.attached().get());
      json.writeEndObject();
    } else {
      json.writeNumberProperty("generation", pool.generation());
      json.writeNumberProperty("wanted", pool.wanted());
    }
    json.writeNumberProperty("ready", pool.ready());
    json.writeNumberProperty("starting", pool.starting());
    json.writeNumberProperty("draining", pool.draining());
    json.writeArrayPropertyStart("workers");
    pool.workers().forEach(worker -> worker(json, worker));
    json.writeEndArray();
    json.writeObjectPropertyStart("limits");
    limits(json, pool.limits());
    json.writeEndObject();
    json.writeObjectPropertyStart("retirements");
    pool.retirements().forEach(json::writeNumberProperty);
    json.writeEndObject();
    number(json, "requestsCut", pool.requestsCut());
    json.writeArrayPropertyStart("lastEvents");
    for (HistoryEvent event : pool.lastEvents()) {
      json.writeStartObject();
      ReplyJson.event(json, event);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void attached(JsonGenerator json, AttachedStatus attached) {
    json.writeStringProperty("where", attached.where());
    if (attached.manager().isPresent()) {
      json.writeNumberProperty("manager", attached.manager().getAsInt());
    }
    attached.command().ifPresent(command -> json.writeStringProperty("command", command));
    attached.why().ifPresent(why -> json.writeStringProperty("why", why));
    json.writeBooleanProperty("dryRun", attached.dryRun());
  }

  private static AttachedStatus attached(Json.Obj json) throws JsonFault {
    return new AttachedStatus(
        json.text("where"),
        json.find("manager").isPresent()
            ? OptionalInt.of(json.smallNumber("manager"))
            : OptionalInt.empty(),
        json.textIfThere("command"),
        json.textIfThere("why"),
        json.isTrue("dryRun"));
  }

  private static void worker(JsonGenerator json, WorkerStatus worker) {
    json.writeStartObject();
    json.writeNumberProperty("pid", worker.pid());
    json.writeNumberProperty("startTicks", worker.startTicks());
    json.writeNumberProperty("serial", worker.serial());
    json.writeNumberProperty("generation", worker.generation());
    json.writeStringProperty("state", worker.state().word());
    number(json, "ageMillis", worker.ageMillis());
    number(json, "privateBytes", worker.privateBytes());
    number(json, "pssBytes", worker.pssBytes());
    number(json, "rssBytes", worker.rssBytes());
    number(json, "requests", worker.requests());
    worker.leaving().ifPresent(reason -> json.writeStringProperty("leaving", reason));
    json.writeEndObject();
  }

  private static void limits(JsonGenerator json, PoolLimits limits) {
    number(json, "limitBytes", limits.limitBytes());
    number(json, "budgetBytes", limits.budgetBytes());
    number(json, "hardLimitBytes", limits.hardLimitBytes());
    number(json, "maxRequests", limits.maxRequests());
    number(json, "maxAgeMillis", limits.maxAgeMillis());
    number(json, "idleRetireMillis", limits.idleRetireMillis());
  }

  private static void number(JsonGenerator json, String key, OptionalLong value) {
    if (value.isPresent()) {
      json.writeNumberProperty(key, value.getAsLong());
    }
  }

  static PoolStatus read(Json.Obj json) throws JsonFault {
    List<WorkerStatus> workers = new ArrayList<>();
    for (Json.Obj worker : json.objects("workers")) {
      workers.add(worker(worker));
    }
    List<HistoryEvent> events = new ArrayList<>();
    for (Json.Obj event : json.objects("lastEvents")) {
      events.add(ReplyJson.event(event));
    }
    boolean isAttached = json.find("attached").isPresent();
    Json.Obj counted = json.object("retirements");
    SortedMap<String, Long> retirements = new TreeMap<>();
    for (String reason : counted.members().keySet()) {
      retirements.put(reason, counted.number(reason));
    }
    return new PoolStatus(
        json.text("name"),
        json.number("pid"),
        word(PoolStatus.State.values(), PoolStatus.State::word, json),
        ReplyJson.time(json, "since"),
        json.texts("listening"),
        isAttached ? 0 : json.smallNumber("generation"),
        isAttached ? 0 : json.smallNumber("wanted"),
        json.smallNumber("ready"),
        json.smallNumber("starting"),
        json.smallNumber("draining"),
        workers,
        limits(json.object("limits")),
        retirements,
        json.numberIfThere("requestsCut"),
        events,
        isAttached ? Optional.of(attached(json.object("attached"))) : Optional.empty());
  }

  private static WorkerStatus worker(Json.Obj json) throws JsonFault {
    return new WorkerStatus(
        json.smallNumber("pid"),
        json.number("startTicks"),
        json.number("serial"),
        json.smallNumber("generation"),
        word(WorkerStatus.State.values(), WorkerStatus.State::word, json),
        json.numberIfThere("ageMillis"),
        json.numberIfThere("privateBytes"),
        json.numberIfThere("pssBytes"),
        json.numberIfThere("rssBytes"),
        json.numberIfThere("requests"),
        json.textIfThere("leaving"));
  }

  private static PoolLimits limits(Json.Obj json) throws JsonFault {
    return new PoolLimits(
        json.numberIfThere("limitBytes"),
        json.numberIfThere("budgetBytes"),
        json.numberIfThere("hardLimitBytes"),
        json.numberIfThere("maxRequests"),
        json.numberIfThere("maxAgeMillis"),
        json.numberIfThere("idleRetireMillis"));
  }

  private static <T> T word(T[] values, Function<T, String> word, Json.Obj json) throws JsonFault {
    String text = json.text("state");
    for (T value : values) {
      if (word.apply(value).equals(text)) {
        return value;
      }
    }
    throw new JsonFault("has a state \"" + text + "\", which is not known here");
  }
}
