package io.kidreaper.fastcgi;

import io.kidreaper.fastcgi.ResponderEvent.Aborted;
import io.kidreaper.fastcgi.ResponderEvent.Content;
import io.kidreaper.fastcgi.ResponderEvent.Reply;
import io.kidreaper.fastcgi.ResponderEvent.Request;
import io.kidreaper.fastcgi.ResponderEvent.StreamEnd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a server. One thread at a time reads it. A request whose input is complete,
 * with no other beside it, is handled by that very thread, which costs no switch; if that takes
 * longer than a moment, {@link #look} gives the reading to a new thread, so that an ABORT_REQUEST
 * or a further request is seen. All other requests get a thread each.
 *
 * <p>What happens to a connection after a request's end: it is closed at once if nothing more can
 * come; if input is still coming, only its sending half is, and the rest of the input is dropped
 * for up to {@link Responder#LINGER_MILLIS}, since closing with unread input can destroy the answer
 * on its way (section 3.5).
 */
final class ServerConnection implements Exchange.Line, Watch.Watched {
  /** The server, as a connection needs it. */
  interface Owner {
    /** Counts a request that begins; false if there are too many at once. */
    boolean begin();

    /** Counts a request that is over. */
    void end();

    /** Whether the server takes no new work, so that connections close after their request. */
    boolean isFinishing();

    /** Counts a connection that is closed. */
    void closed(ServerConnection connection);

    /** Says how long a request took, from having been read to having been answered. */
    void took(long nanos);
  }

  /** What becomes of the reading. */
  private enum Reading {
    GOES_ON,
    /** Another thread does it now. */
    LENT,
    ENDED
  }

  private static final int READ_BYTES = 8 * 1_024;

  /** How long a request may be handled on the reading thread, in nanoseconds. */
  private static final long LEND_NANOS = 20_000_000;

  private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

  private final SocketChannel channel;
  private final Responder responder;
  private final Owner owner;
  private final ResponderProtocol protocol;

  /** What was read and not decoded. Belongs to the reading thread. */
  private ByteBuffer in = EMPTY;

  private final ReentrantLock writing = new ReentrantLock();

  /** Guards the protocol's state and the fields down to the empty line. */
  private final ReentrantLock state = new ReentrantLock();

  private final Map<Integer, Exchange> exchanges = new HashMap<>();
  private boolean reading;
  private boolean inputEnded;
  private boolean closeWhenIdle;
  private boolean lingering;
  private boolean closed;
  private int served;
  private long headDeadlineNanos = Watch.NEVER;
  private long lingerDeadlineNanos = Watch.NEVER;

  /** The exchange that runs on the reading thread, or null. Guarded by {@link #state}. */
  private @Nullable Exchange lent;

  private long lentSinceNanos;

  /** Exchanges whose handler has not been called yet. Belongs to the reading thread. */
  private final List<Exchange> waiting = new ArrayList<>();

  /** Once a web server has sent requests side by side, none is handled by the reading thread. */
  private boolean multiplexed;

  /** Who accepts connections when this thread is through, while it serves this one. */
  private volatile Acceptors.@Nullable Acceptor accepting;

  private volatile long acceptedNanos;

  private volatile long readDeadlineNanos = Watch.NEVER;
  private volatile long writeDeadlineNanos = Watch.NEVER;

  /** Why the connection was closed from this side, for the handlers that it cuts. */
  private volatile String shutReason = "the connection to the web server ended";

  ServerConnection(SocketChannel channel, Responder responder, Owner owner) {
    this.channel = channel;
    this.responder = responder;
    this.owner = owner;
    this.protocol = new ResponderProtocol(responder.limits(), responder.roles());
  }

  /** A buffer that {@link #serveFirst} can use. */
  static ByteBuffer buffer() {
    return ByteBuffer.allocate(READ_BYTES).limit(0);
  }

  /** Reads until there is nothing more to read, or until another thread does. */
  void run() {
    if (in.capacity() == 0) {
      in = buffer();
    }
    Reading reading;
    do {
      reading = turn();
    } while (reading == Reading.GOES_ON);
    if (reading == Reading.ENDED) {
      inputEnded();
    }
  }

  /**
   * Reads once, in the thread that accepted the connection, and handles the request if that brought
   * a whole one and nothing else. What comes later is read by a thread of its own.
   *
   * @param buffer for what is read
   * @return whether the buffer is free again
   */
  boolean serveFirst(Acceptors.Acceptor acceptor, ByteBuffer buffer) {
    acceptedNanos = System.nanoTime();
    accepting = acceptor;
    in = buffer.limit(0);
    Reading reading = turn();
    if (reading == Reading.GOES_ON) {
      reading = handle();
    }
    accepting = null;
    switch (reading) {
      case LENT -> {
        // By now another thread reads, into that buffer.
        return false;
      }
      case ENDED -> inputEnded();
      case GOES_ON -> {
        if (isClosed()) {
          inputEnded();
          return true;
        }
        in = in.hasRemaining() ? buffer().clear().put(in).flip() : EMPTY;
        Thread.ofVirtual().name("fastcgi-connection").start(this::run);
      }
    }
    return true;
  }

  /** Handles what is in the buffer, and reads once. */
  private Reading turn() {
    Reading reading = handle();
    if (reading != Reading.GOES_ON) {
      return reading;
    }
    try {
      return read() ? Reading.GOES_ON : Reading.ENDED;
    } catch (IOException gone) {
      shut();
      return Reading.ENDED;
    }
  }

  private Reading handle() {
    try {
      Exchange inline = decode();
      if (inline == null) {
        return Reading.GOES_ON;
      }
      run(inline);
      return takeBack(inline) ? Reading.GOES_ON : Reading.LENT;
    } catch (FastCgiProtocolException broken) {
      shutReason = "the web server broke the protocol: " + broken.getMessage();
      responder.errors().failed("a connection was ended", broken);
    } catch (IOException | InterruptedException gone) {
      // Closed next, which is what it means.
    }
    shut();
    return Reading.ENDED;
  }

  private void run(Exchange exchange) {
    long beginNanos = System.nanoTime();
    exchange.run();
    owner.took(System.nanoTime() - beginNanos);
  }

  private boolean isClosed() {
    state.lock();
    try {
      return closed;
    } finally {
      state.unlock();
    }
  }

  /** Handles all that is in the buffer; returns the exchange that this thread is to run, if any. */
  private @Nullable Exchange decode() throws IOException, InterruptedException {
    while (true) {
      ResponderEvent event;
      state.lock();
      try {
        event = protocol.next(in);
      } finally {
        state.unlock();
      }
      switch (event) {
        case null -> {
          return dispatch();
        }
        case Request request -> begin(request);
        case Content content -> content(content);
        case StreamEnd end -> {
          Exchange exchange = exchange(end.requestId());
          if (exchange != null) {
            exchange.pipe(end.stream()).end();
          }
        }
        case Aborted aborted -> {
          startWaiting();
          Exchange exchange = exchange(aborted.requestId());
          if (exchange != null) {
            exchange.abort("the web server aborted the request");
          }
        }
        case Reply reply -> {
          send(reply.bytes());
          if (reply.thenClose()) {
            closeAfterRequests();
          }
        }
      }
    }
  }

  private void begin(Request request) throws IOException {
    if (!owner.begin()) {
      refuse(request);
      return;
    }
    Exchange exchange = new Exchange(request, responder, this);
    state.lock();
    try {
      exchanges.put(request.requestId(), exchange);
      multiplexed |= exchanges.size() > 1;
      served++;
    } finally {
      state.unlock();
    }
    waiting.add(exchange);
  }

  private void refuse(Request request) throws IOException {
    state.lock();
    try {
      protocol.end(request.requestId());
    } finally {
      state.unlock();
    }
    ByteBuffer bytes = ByteBuffer.allocate(16);
    RecordEncoder.endRequest(bytes, request.requestId(), 0, ProtocolStatus.OVERLOADED);
    send(bytes.flip());
    if (!request.keepConnection()) {
      closeAfterRequests();
    }
  }

  private void closeAfterRequests() {
    state.lock();
    try {
      closeWhenIdle = true;
      closeIfOver();
    } finally {
      state.unlock();
    }
  }

  private void content(Content content) throws InterruptedException {
    Exchange exchange = exchange(content.requestId());
    if (exchange == null) {
      protocol.skip(in);
      return;
    }
    InputPipe pipe = exchange.pipe(content.stream());
    if (!pipe.fill(protocol, in)) {
      startWaiting();
      // The handler is the slow one now, so the web server's time does not run.
      readDeadlineNanos = Watch.NEVER;
      pipe.awaitRoom();
    }
  }

  private @Nullable Exchange exchange(int requestId) {
    state.lock();
    try {
      return exchanges.get(requestId);
    } finally {
      state.unlock();
    }
  }

  private @Nullable Exchange dispatch() {
    if (waiting.isEmpty()) {
      return null;
    }
    if (waiting.size() == 1 && !multiplexed) {
      Exchange only = waiting.getFirst();
      state.lock();
      try {
        if (exchanges.size() == 1 && protocol.isInputComplete(only.requestId())) {
          waiting.clear();
          lent = only;
          lentSinceNanos = System.nanoTime();
          return only;
        }
      } finally {
        state.unlock();
      }
    }
    startWaiting();
    return null;
  }

  private void startWaiting() {
    for (Exchange exchange : waiting) {
      Thread.ofVirtual().name("fastcgi-request").start(() -> run(exchange));
    }
    waiting.clear();
  }

  /** Whether this thread, after running an exchange, is still the one that reads. */
  private boolean takeBack(Exchange inline) {
    state.lock();
    try {
      if (lent != inline) {
        return false;
      }
      lent = null;
      return true;
    } finally {
      state.unlock();
    }
  }

  /** Reads once; false if there is nothing more to read. */
  private boolean read() throws IOException {
    state.lock();
    try {
      if (closed) {
        return false;
      }
      reading = true;
      readDeadlineNanos = readDeadline();
    } finally {
      state.unlock();
    }
    in.clear();
    int count = channel.read(in);
    state.lock();
    try {
      reading = false;
      readDeadlineNanos = Watch.NEVER;
      in.flip();
      if (lingering && count >= 0) {
        in.limit(0);
      }
      return count >= 0 && !closed;
    } finally {
      state.unlock();
    }
  }

  /** With {@link #state} held: when the next read must have brought something. */
  private long readDeadline() {
    if (lingerDeadlineNanos != Watch.NEVER) {
      return lingerDeadlineNanos;
    }
    boolean inHead = served == 0 || protocol.activeRequests() > exchanges.size();
    if (inHead || (exchanges.isEmpty() && !protocol.isBetweenRecords())) {
      // Not set anew by every byte: a peer that sends one now and then gains no time.
      if (headDeadlineNanos == Watch.NEVER) {
        headDeadlineNanos = Watch.deadline(responder.readMillis());
      }
      return headDeadlineNanos;
    }
    headDeadlineNanos = Watch.NEVER;
    if (exchanges.isEmpty()) {
      return Watch.deadline(responder.idleMillis());
    }
    for (Exchange exchange : exchanges.values()) {
      if (!protocol.isInputComplete(exchange.requestId())) {
        return Watch.deadline(responder.readMillis());
      }
    }
    return Watch.NEVER;
  }

  /** Called once, when nothing more can be read. */
  private void inputEnded() {
    startWaiting();
    List<Exchange> cut = new ArrayList<>();
    state.lock();
    try {
      inputEnded = true;
      closeWhenIdle = true;
      boolean withinRecord = !protocol.isBetweenRecords();
      for (Exchange exchange : exchanges.values()) {
        // A peer that has said all may have closed its sending half only, and waits for the answer.
        if (closed
            || withinRecord
            || responder.abortOnHangup()
            || !protocol.isInputComplete(exchange.requestId())) {
          cut.add(exchange);
        }
      }
      closeIfOver();
    } finally {
      state.unlock();
    }
    cut.forEach(exchange -> exchange.abort(shutReason));
  }

  @Override
  public void send(ByteBuffer... bytes) throws IOException {
    writing.lock();
    try {
      ByteBuffer last = bytes[bytes.length - 1];
      while (last.hasRemaining()) {
        writeDeadlineNanos = Watch.deadline(responder.writeMillis());
        if (bytes.length == 1) {
          channel.write(last);
        } else {
          channel.write(bytes);
        }
      }
    } catch (IOException gone) {
      shut();
      throw new RequestAbortedException("the web server closed the connection");
    } finally {
      writeDeadlineNanos = Watch.NEVER;
      writing.unlock();
    }
  }

  @Override
  public void ending(Exchange exchange) {
    state.lock();
    try {
      boolean complete = protocol.end(exchange.requestId());
      exchanges.remove(exchange.requestId(), exchange);
      closeWhenIdle |= !exchange.keepConnection();
      lingering |= closeWhenIdle && !complete;
    } finally {
      state.unlock();
    }
    // Before END_REQUEST goes out: the web server's next request may be here at once, and must not
    // find this one's place taken.
    owner.end();
  }

  @Override
  public void ended(Exchange exchange) {
    state.lock();
    try {
      // By now the id may belong to another exchange: the web server has read END_REQUEST.
      exchanges.remove(exchange.requestId(), exchange);
      closeWhenIdle |= owner.isFinishing();
      closeIfOver();
    } finally {
      state.unlock();
    }
  }

  /** With {@link #state} held: closes if no request is left and nothing is to be waited for. */
  private void closeIfOver() {
    if (!closeWhenIdle || closed || (protocol.activeRequests() > 0 && !inputEnded)) {
      return;
    }
    if (!exchanges.isEmpty()) {
      return;
    }
    if (lingering && !inputEnded) {
      try {
        channel.shutdownOutput();
        lingerDeadlineNanos = Watch.deadline(Responder.LINGER_MILLIS);
        readDeadlineNanos = lingerDeadlineNanos;
      } catch (IOException gone) {
        shut();
      }
      return;
    }
    shut();
  }

  /** Closes at once, and tells the handlers: every wait ends, on the channel or elsewhere. */
  void shut() {
    List<Exchange> cut;
    state.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      cut = new ArrayList<>(exchanges.values());
    } finally {
      state.unlock();
    }
    try {
      channel.close();
    } catch (IOException gone) {
      // Closed is what it was meant to be.
    }
    owner.closed(this);
    cut.forEach(exchange -> exchange.abort(shutReason));
  }

  /** Closes a kept-alive connection on which nothing is going on and which has served before. */
  void shutIfIdle() {
    state.lock();
    try {
      if (reading
          && served > 0
          && exchanges.isEmpty()
          && protocol.activeRequests() == 0
          && protocol.isBetweenRecords()) {
        shut();
      }
    } finally {
      state.unlock();
    }
  }

  @Override
  public void look(long nowNanos) {
    Acceptors.Acceptor kept = accepting;
    if (kept != null && nowNanos - acceptedNanos >= LEND_NANOS) {
      kept.replace();
    }
    if (Watch.passed(readDeadlineNanos, nowNanos)) {
      shutReason = "the web server was too slow to send";
      shut();
      return;
    }
    if (Watch.passed(writeDeadlineNanos, nowNanos)) {
      shutReason = "the web server was too slow to take the answer";
      shut();
      return;
    }
    state.lock();
    try {
      if (lent == null || closed || nowNanos - lentSinceNanos < LEND_NANOS) {
        return;
      }
      lent = null;
    } finally {
      state.unlock();
    }
    Thread.ofVirtual().name("fastcgi-connection").start(this::run);
  }
}
