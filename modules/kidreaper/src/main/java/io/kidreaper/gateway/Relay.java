package io.kidreaper.gateway;

import io.kidreaper.fastcgi.Cancellation;
import io.kidreaper.fastcgi.CgiResponse;
import io.kidreaper.fastcgi.FastCgiCall;
import io.kidreaper.fastcgi.FastCgiReply;
import io.kidreaper.fastcgi.ProtocolStatus;
import io.kidreaper.fastcgi.RequestAbortedException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Sends a request to a worker, and to the HTTP client its answer or a page that says why not. */
final class Relay {
  private final Upstreams upstreams;
  private final long maxSpoolBytes;
  private final Consumer<String> log;

  /**
   * @param maxSpoolBytes the largest answer that is held back until its length is known
   */
  Relay(Upstreams upstreams, long maxSpoolBytes, Consumer<String> log) {
    this.upstreams = upstreams;
    this.maxSpoolBytes = maxSpoolBytes;
    this.log = log;
  }

  /**
   * @throws IOException if the client has gone or the answer is cut: the connection is to be closed
   */
  void relay(Visit visit, FastCgiCall call) throws IOException {
    Cancellation cancellation = new Cancellation();
    visit.onGone(cancellation::cancel);
    FastCgiReply reply;
    try {
      reply = upstreams.send(call, cancellation);
    } catch (RequestAbortedException gone) {
      log.accept(visit + ": the client went away");
      throw gone;
    } catch (ConnectException nobody) {
      explain(visit, call, 503, "Nobody listens at " + upstreams + ".", "", "");
      return;
    } catch (SocketTimeoutException slow) {
      explain(visit, call, 504, tooSlow(slow), "", "");
      return;
    } catch (IOException noAnswer) {
      explain(visit, call, 502, sentence(noAnswer), "", "");
      return;
    }
    StderrLines stderr = new StderrLines(visit.toString(), log);
    try (reply) {
      answer(visit, call, reply, stderr);
    } finally {
      stderr.end(reply);
    }
  }

  private void answer(Visit visit, FastCgiCall call, FastCgiReply reply, StderrLines stderr)
      throws IOException {
    Overheard stdout = new Overheard(reply.stdout());
    CgiResponse response;
    try {
      response = CgiResponse.read(stdout);
    } catch (RequestAbortedException gone) {
      log.accept(visit + ": the client went away");
      throw gone;
    } catch (SocketTimeoutException slow) {
      explain(visit, call, 504, tooSlow(slow), stdout.beginning(), reply.stderr());
      return;
    } catch (IOException noAnswer) {
      boolean overloaded = endedAs(reply, ProtocolStatus.OVERLOADED);
      String why =
          reply.ended().isPresent() && !endedAs(reply, ProtocolStatus.REQUEST_COMPLETE)
              ? "The application refused the request: " + reply.ended().get().protocolStatus() + "."
              : sentence(noAnswer);
      explain(visit, call, overloaded ? 503 : 502, why, stdout.beginning(), reply.stderr());
      return;
    }
    if (response.status() < 200) {
      String why =
          "The application answered with status " + response.status() + ", which ends none.";
      explain(visit, call, 502, why, stdout.beginning(), reply.stderr());
      return;
    }
    Answer answer = new Answer(visit, response, reply, stderr);
    try {
      if (!answer.send(maxSpoolBytes)) {
        String why =
            "The answer has no Content-Length and is too large to be held back until its end, as an"
                + " HTTP/1.0 client needs it.";
        explain(visit, call, 502, why, "", reply.stderr());
      }
    } catch (RequestAbortedException gone) {
      log.accept(visit + ": the client went away within its answer");
      throw gone;
    } catch (CutException cut) {
      log.accept(visit + ": the answer was cut: " + cut.getMessage());
      throw cut;
    }
  }

  private static boolean endedAs(FastCgiReply reply, ProtocolStatus status) {
    return reply.ended().filter(end -> end.protocolStatus() == status).isPresent();
  }

  private void explain(
      Visit visit, FastCgiCall call, int status, String why, String said, String stderr)
      throws IOException {
    List<String> asked = new ArrayList<>();
    asked.add(visit.toString());
    asked.add("of " + upstreams);
    for (String name : List.of("SCRIPT_FILENAME", "PATH_INFO")) {
      asked.add(name + " " + call.params().getOrDefault(name, ""));
    }
    log.accept(visit + ": " + status + ", " + why);
    visit.explain(new Reason(status, why, asked, said, stderr));
  }

  private static String tooSlow(SocketTimeoutException slow) {
    return sentence(slow) + " All workers may be busy, or this one hangs.";
  }

  private static String sentence(IOException failure) {
    String text = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    return text.isEmpty()
        ? "No answer."
        : text.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + text.substring(1) + ".";
  }
}
