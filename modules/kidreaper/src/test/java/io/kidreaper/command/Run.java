package io.kidreaper.command;

import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a program came to.
 *
 * @param status its exit status; 128 and the signal's number where one ended it
 */
public record Run(int status, String out, String err) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Its standard output, which has to be one JSON object. */
  public JsonNode json() {
    return JSON.readTree(out);
  }

  /** The same as if it had not complained. */
  public Run silently() {
    return new Run(status, out, "");
  }

  /** One worker of the JSON object. */
  public JsonNode worker(int pid) {
    return StreamSupport.stream(json().path("workers").spliterator(), false)
        .filter(worker -> worker.path("pid").asInt() == pid)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no worker " + pid + " in " + this));
  }

  /** The pids of the JSON object's workers with this outcome. */
  public Set<Integer> workersThat(String result) {
    return pids(worker -> worker.path("outcome").path("result").asString().equals(result));
  }

  /** The pids of all workers of the JSON object. */
  public Set<Integer> workers() {
    return pids(_ -> true);
  }

  private Set<Integer> pids(Predicate<JsonNode> which) {
    return StreamSupport.stream(json().path("workers").spliterator(), false)
        .filter(which)
        .map(worker -> worker.path("pid").asInt())
        .collect(Collectors.toSet());
  }

  @Override
  public String toString() {
    return "exit status " + status + "\n--- output\n" + out + "--- errors\n" + err;
  }
}
