package io.kidreaper.linux.trace;

import static org.awaitility.Awaitility.await;

import io.kidreaper.pool.ProcessId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A pool of the workers of {@code worker.c}, whose manager replaces each one that ends. */
final class TestPool implements AutoCloseable {
  static final Path PROGRAM = compile();
  private static final Duration LONG = Duration.ofSeconds(20);

  private final Process manager;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Path directory;

  private TestPool(Process manager, Path directory) {
    this.manager = manager;
    this.directory = directory;
    Thread.ofPlatform().daemon().start(this::read);
    await().atMost(LONG).until(() -> !workers().isEmpty());
  }

  private static Path compile() {
    try {
      Path directory = Files.createTempDirectory("kidreaper-trace");
      directory.toFile().deleteOnExit();
      Path program = directory.resolve("worker");
      program.toFile().deleteOnExit();
      Path source = Path.of(TestPool.class.getResource("/trace/worker.c").getPath());
      Process gcc =
          new ProcessBuilder(
                  "gcc", "-O1", "-Wall", "-pthread", "-o", program.toString(), source.toString())
              .inheritIO()
              .start();
      if (!gcc.waitFor(60, TimeUnit.SECONDS) || gcc.exitValue() != 0) {
        throw new IllegalStateException("gcc could not compile " + source);
      }
      return program;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * @param address as in worker.c; UNIX stands for a path of its own
   */
  static TestPool serve(String address, String way, String... options) {
    try {
      Path directory = Files.createTempDirectory("kidreaper-pool");
      String real = address.equals("unix") ? "unix:" + directory.resolve("s") : address;
      List<String> command = new ArrayList<>(List.of(PROGRAM.toString(), "serve", real, way));
      command.addAll(List.of(options));
      return new TestPool(
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start(),
          directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read() {
    try (BufferedReader reader = manager.inputReader(StandardCharsets.UTF_8)) {
      reader.lines().forEach(lines::add);
    } catch (IOException | UncheckedIOException e) {
      lines.add("closed");
    }
  }

  String address() {
    return lines.getFirst().substring("listening ".length());
  }

  /** The workers that have been started and not reported as ended. */
  List<Integer> workers() {
    List<Integer> workers = new ArrayList<>();
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      if (words[0].equals("worker")) {
        workers.add(Integer.valueOf(words[1]));
      } else if (words[0].equals("ended")) {
        workers.remove(Integer.valueOf(words[1]));
      }
    }
    return workers;
  }

  /** The oldest worker, once it waits for requests. */
  ProcessId ready() {
    ProcessId worker = first();
    try (Peek peek = Peek.at(worker)) {
      await().atMost(LONG).until(() -> peek.now() instanceof Look.Idle);
    }
    return worker;
  }

  /** The oldest worker, once it was seen to hold a connection or to wait for one. */
  ProcessId serving() {
    ProcessId worker = first();
    try (Peek peek = Peek.at(worker)) {
      await()
          .atMost(LONG)
          .pollInterval(Duration.ofMillis(1))
          .until(() -> peek.now() instanceof Look.Holds || peek.now() instanceof Look.Idle);
    }
    return worker;
  }

  /** The oldest worker, whatever it does. */
  ProcessId first() {
    await().atMost(LONG).until(() -> !workers().isEmpty());
    int pid = workers().getFirst();
    return new ProcessId(pid, Proc.REAL.stat(pid).orElseThrow().startTicks());
  }

  /** How a worker ended, such as "exit 0" or "signal 9". */
  String awaitEnd(ProcessId worker) {
    await().atMost(LONG).until(() -> end(worker).isPresent());
    return end(worker).orElseThrow();
  }

  /** Whether a worker has said that it finished what it did after an answer. */
  boolean finished(ProcessId worker) {
    return lines.contains("finished " + worker.pid());
  }

  private Optional<String> end(ProcessId worker) {
    String prefix = "ended " + worker.pid() + " ";
    return lines.stream()
        .filter(line -> line.startsWith(prefix))
        .map(line -> line.substring(prefix.length()))
        .findFirst();
  }

  /** How many workers have ended otherwise than by exit 0. */
  long badEnds() {
    return lines.stream()
        .filter(line -> line.startsWith("ended ") && !line.endsWith(" exit 0"))
        .count();
  }

  Socket connect() throws IOException {
    String address = address();
    int colon = address.lastIndexOf(':');
    Socket socket = new Socket();
    socket.connect(
        new InetSocketAddress(
            address.substring("tcp4:".length(), colon),
            Integer.parseInt(address.substring(colon + 1))));
    socket.setSoTimeout((int) LONG.toMillis());
    return socket;
  }

  /** Sends a line over TCP and gives the answer. */
  String ask(Socket socket, String line) throws IOException {
    send(socket, line);
    return answer(socket);
  }

  static void send(Socket socket, String line) throws IOException {
    socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  static String answer(Socket socket) throws IOException {
    StringBuilder answer = new StringBuilder();
    for (int c = socket.getInputStream().read(); c >= 0 && c != '\n'; ) {
      answer.append((char) c);
      c = socket.getInputStream().read();
    }
    return answer.toString();
  }

  String ask(String line) throws IOException {
    try (Socket socket = connect()) {
      return ask(socket, line);
    }
  }

  /** A load of requests, one after the other from each client, for some time. */
  Load load(int clients, int millis) {
    try {
      return new Load(
          new ProcessBuilder(
                  PROGRAM.toString(),
                  "load",
                  address(),
                  Integer.toString(clients),
                  "1000000",
                  Integer.toString(millis))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Requests under way. */
  record Load(Process process) {
    boolean running() {
      return process.isAlive();
    }

    /** Waits for its end: "answered N lost N". */
    String result() {
      try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
        String line = reader.readLine();
        return line == null ? "no result" : line;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** The port of a TCP pool. */
  String port() {
    return address().substring(address().lastIndexOf(':') + 1);
  }

  /** Opens a connection, sends nothing, and keeps it until the process is ended. */
  Load hold(String to) throws IOException {
    ProcessId worker = first();
    Load load =
        new Load(
            new ProcessBuilder(PROGRAM.toString(), "hold", to)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    await().atMost(LONG).until(() -> holds(worker));
    return load;
  }

  /** Whether a worker was seen to hold an accepted connection. */
  boolean holds(ProcessId worker) {
    try (Peek peek = Peek.at(worker)) {
      return peek.now() instanceof Look.Holds;
    }
  }

  /** The worker, once it serves this connection. */
  ProcessId serving(Socket client) throws IOException {
    ProcessId worker = first();
    String answer = ask(client, "hello");
    if (!answer.equals(worker.pid() + " hello")) {
      throw new IllegalStateException("another worker answered: " + answer);
    }
    return worker;
  }

  /** Sends a plain signal, by its name. */
  void kill(String signal, ProcessId process) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + signal, Integer.toString(process.pid())).start().waitFor();
  }

  /** Whether a process is untraced and not stopped. */
  static boolean free(ProcessId process) {
    boolean traced = Proc.REAL.status(process.pid()).orElseThrow().tracerPid().orElseThrow() != 0;
    return !traced
        && Proc.REAL.threads(process.pid()).stream()
            .map(tid -> Proc.REAL.stat(process.pid(), tid))
            .flatMap(Optional::stream)
            .noneMatch(stat -> stat.state() == 'T' || stat.state() == 't');
  }

  @Override
  public void close() {
    workers().forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    manager.destroyForcibly();
    try {
      manager.waitFor();
      Files.deleteIfExists(directory.resolve("s"));
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
