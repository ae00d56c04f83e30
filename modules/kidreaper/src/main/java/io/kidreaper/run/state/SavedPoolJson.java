package io.kidreaper.run.state;

import io.kidreaper.json.Json;
import io.kidreaper.json.JsonFault;
import io.kidreaper.json.JsonText;
import io.kidreaper.linux.socket.FileId;
import io.kidreaper.linux.socket.ListenAddress;
import io.kidreaper.pool.ProcessId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/** A {@link SavedPool} as one JSON object; docs/CONTROL.md describes it. */
final class SavedPoolJson {
  /** Goes up when a reader of before would misunderstand what is written. */
  static final int VERSION = 1;

  private SavedPoolJson() {}

  static String write(SavedPool pool) {
    return JsonText.writeObject(json -> {
      json.writeNumberProperty("version", VERSION);
      json.writeStringProperty("name", pool.name().text());
      json.writeStringProperty("bootId", pool.bootId());
      json.writeObjectPropertyStart("manager");
      id(json, pool.manager());
      json.writeEndObject();
      json.writeArrayPropertyStart("command");
      pool.command().forEach(json::writeString);
      json.writeEndArray();
      json.writeNumberProperty("workersUserId", pool.workersUserId());
      json.writeArrayPropertyStart("listeners");
      pool.listeners().forEach(listening -> listening(json, listening));
      json.writeEndArray();
      json.writeArrayPropertyStart("workers");
      pool.workers().forEach(worker -> worker(json, worker));
      json.writeEndArray();
      json.writeArrayPropertyStart("templates");
      for (ProcessId template : pool.templates()) {
        json.writeStartObject();
        id(json, template);
        json.writeEndObject();
      }
      json.writeEndArray();
    });
  }

  static SavedPool read(String text) throws JsonFault {
    Json.Obj json = JsonText.readObject(text);
    long version = json.number("version");
    if (version != VERSION) {
      throw new JsonFault(
          "is of version %d, and this kidreaper knows version %d only".formatted(version, VERSION));
    }
    List<SavedPool.Listening> listeners = new ArrayList<>();
    for (Json.Obj listening : json.objects("listeners")) {
      listeners.add(listening(listening));
    }
    List<SavedPool.Worker> workers = new ArrayList<>();
    for (Json.Obj worker : json.objects("workers")) {
      workers.add(
          new SavedPool.Worker(
              id(worker), worker.number("serial"), worker.smallNumber("generation")));
    }
    List<ProcessId> templates = new ArrayList<>();
    for (Json.Obj template : json.objects("templates")) {
      templates.add(id(template));
    }
    String name = json.text("name");
    if (!PoolName.isName(name)) {
      throw new JsonFault("\"name\" is not a pool's name");
    }
    return new SavedPool(
        new PoolName(name),
        json.text("bootId"),
        id(json.object("manager")),
        json.texts("command"),
        json.smallNumber("workersUserId"),
        listeners,
        workers,
        templates);
  }

  private static void id(JsonGenerator json, ProcessId id) {
    json.writeNumberProperty("pid", id.pid());
    json.writeNumberProperty("startTicks", id.startTicks());
  }

  private static ProcessId id(Json.Obj json) throws JsonFault {
    int pid = json.smallNumber("pid");
    if (pid < 1) {
      throw new JsonFault("\"pid\" is out of range");
    }
    return new ProcessId(pid, json.number("startTicks"));
  }

  private static void worker(JsonGenerator json, SavedPool.Worker worker) {
    json.writeStartObject();
    id(json, worker.id());
    json.writeNumberProperty("serial", worker.serial());
    json.writeNumberProperty("generation", worker.generation());
    json.writeEndObject();
  }

  private static void listening(JsonGenerator json, SavedPool.Listening listening) {
    json.writeStartObject();
    json.writeStringProperty("address", listening.address().toString());
    json.writeNumberProperty("socketInode", listening.socketInode());
    listening
        .file()
        .ifPresent(file -> {
          json.writeObjectPropertyStart("file");
          json.writeNumberProperty("device", file.device());
          json.writeNumberProperty("inode", file.inode());
          json.writeEndObject();
        });
    json.writeEndObject();
  }

  private static SavedPool.Listening listening(Json.Obj json) throws JsonFault {
    ListenAddress address =
        switch (ListenAddress.parse(json.text("address"))) {
          case ListenAddress.Parsed.Address(ListenAddress parsed) -> parsed;
          case ListenAddress.Parsed.Refused(String reason) -> throw new JsonFault(reason);
        };
    Optional<FileId> file =
        json.find("file").isPresent()
            ? Optional.of(
                new FileId(
                    json.object("file").number("device"), json.object("file").number("inode")))
            : Optional.empty();
    return new SavedPool.Listening(address, json.number("socketInode"), file);
  }
}
