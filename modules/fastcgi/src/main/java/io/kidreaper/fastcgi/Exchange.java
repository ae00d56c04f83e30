package io.kidreaper.fastcgi;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One request and its response, from PARAMS complete to END_REQUEST. */
final class Exchange implements FastCgiRequest, ResponseWriter.Sink {
  /** The connection, as an exchange needs it. */
  interface Line {
    /** Sends bytes; an interrupt of the thread meanwhile would close the connection. */
    void send(ByteBuffer... bytes) throws IOException;

    /** Says that END_REQUEST is the next thing that the exchange sends. */
    void ending(Exchange exchange);

    /** Says that the exchange is over, sent or not. */
    void ended(Exchange exchange);
  }

  private final ResponderEvent.Request begun;
  private final Responder responder;
  private final Line line;
  private final InputPipe stdin;
  private final InputPipe data;
  private final ResponseWriter response;
  private final Object interrupting = new Object();

  /** The handler's thread, while there is one. Guarded by {@link #interrupting}. */
  private @Nullable Thread handling;

  /** How many threads send right now, when no interrupt may come. Guarded the same. */
  private int sending;

  private volatile boolean aborted;

  Exchange(ResponderEvent.Request begun, Responder responder, Line line) {
    this.begun = begun;
    this.responder = responder;
    this.line = line;
    this.stdin = new InputPipe(responder.bufferBytes());
    this.data = new InputPipe(responder.bufferBytes());
    this.response = new ResponseWriter(begun.requestId(), this);
    if (begun.role() == Role.AUTHORIZER) {
      stdin.end();
    }
    if (begun.role() != Role.FILTER) {
      data.end();
    }
  }

  int requestId() {
    return begun.requestId();
  }

  boolean keepConnection() {
    return begun.keepConnection();
  }

  InputPipe pipe(RecordType stream) {
    return stream == RecordType.STDIN ? stdin : data;
  }

  @Override
  public Role role() {
    return begun.role();
  }

  @Override
  public Params params() {
    return begun.params();
  }

  @Override
  public InputStream stdin() {
    return stdin;
  }

  @Override
  public InputStream data() {
    return data;
  }

  @Override
  public boolean isAborted() {
    return aborted;
  }

  /** Tells the handler, wherever it waits, that no answer is wanted. */
  void abort(String why) {
    aborted = true;
    stdin.fail(why);
    data.fail(why);
    synchronized (interrupting) {
      if (handling != null && sending == 0) {
        handling.interrupt();
      }
    }
  }

  /** Calls the handler and ends the request, whatever the handler does. */
  void run() {
    try {
      boolean answered = handle();
      stdin.close();
      data.close();
      line.ending(this);
      if (aborted) {
        response.finishAborted();
      } else if (answered) {
        response.finish();
      } else {
        response.appStatus(1);
        response.finish();
      }
    } catch (IOException gone) {
      // The web server is gone, and the connection knows it.
    } finally {
      line.ended(this);
    }
  }

  private boolean handle() {
    setHandling(Thread.currentThread());
    try {
      if (aborted) {
        return false;
      }
      responder.handler(begun.role()).handle(this, response);
      return true;
    } catch (Exception | Error failure) {
      if (!aborted) {
        report(failure);
      }
      return false;
    } finally {
      setHandling(null);
      // A late interrupt was meant for the handler; it must not close the connection.
      boolean ignored = Thread.interrupted();
    }
  }

  private void report(Throwable failure) {
    String what =
        "the handler of %s %s failed"
            .formatted(
                params().getOrDefault("REQUEST_METHOD", "?"),
                params().getOrDefault("REQUEST_URI", "?"));
    responder.errors().failed(what, failure);
    try {
      response.stderr().write((what + ": " + failure + "\n").getBytes(UTF_8));
      if (!response.isCommitted()) {
        response.replaceBy(500);
      }
    } catch (IOException gone) {
      // The end of the request finds the same.
    }
  }

  private void setHandling(@Nullable Thread thread) {
    synchronized (interrupting) {
      handling = thread;
    }
  }

  /** Sends for the response, with interrupts held back: one would close the connection. */
  @Override
  public void send(ByteBuffer... bytes) throws IOException {
    synchronized (interrupting) {
      if (aborted && handling != null) {
        throw new RequestAbortedException("the web server aborted the request");
      }
      sending++;
    }
    boolean wasInterrupted = Thread.interrupted();
    try {
      line.send(bytes);
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
      synchronized (interrupting) {
        sending--;
        if (aborted && handling != null && sending == 0) {
          handling.interrupt();
        }
      }
    }
  }
}
