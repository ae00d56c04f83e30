package io.kidreaper.linux.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.linux.process.Gated;
import io.kidreaper.linux.process.SpawnRequest;
import io.kidreaper.linux.process.Spawned;
import io.kidreaper.linux.process.Spawner;
import io.kidreaper.linux.socket.ListenAddress;
import io.kidreaper.linux.socket.ListenOptions;
import io.kidreaper.linux.socket.Listener;
import io.kidreaper.linux.socket.Listeners;
import io.kidreaper.linux.socket.Opened;
import io.kidreaper.pool.ProcessId;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One program behind a unix socket, held as a template by a thread of this process. */
final class TestTemplate implements AutoCloseable {

  final Path socket;
  final Listener listener;
  final Spawned.Child child;
  final ProcessId process;
  private final CompletableFuture<Template.Booted> booted = new CompletableFuture<>();
  private final Template template;
  private final List<Forked.Child> workers = new ArrayList<>();

  private TestTemplate(
      Path folder, List<String> command, Duration patience, TemplateObserver observer) {
    this.socket = folder.resolve("s");
    this.listener =
        ((Opened.Open)
                Listeners.open(
                    new ListenAddress.UnixPath(socket.toString()), ListenOptions.DEFAULT))
            .listener();
    Map<String, String> environment =
        new HashMap<>(
            Map.of("PATH", "/usr/sbin:/usr/bin:/bin", "KIDREAPER_TEST", folder.toString()));
    Gated gated = Spawner.spawnGated(SpawnRequest.of(command, List.of(listener.fd()), environment));
    this.child = (Spawned.Child) gated.spawned();
    this.process =
        new ProcessId(child.pid(), Proc.REAL.stat(child.pid()).orElseThrow().startTicks());
    this.template =
        Template.hold(
            new Template.Request(
                process,
                Set.of(link(listener.fd())),
                link(child.outputFd()),
                link(child.errorFd()),
                OptionalInt.empty(),
                patience),
            Spawner::ownPipeOf,
            gated::open,
            booted::complete,
            observer);
  }

  static TestTemplate of(Path folder, List<String> command) {
    return of(folder, command, Duration.ofSeconds(60));
  }

  static TestTemplate of(Path folder, List<String> command, Duration patience) {
    return new TestTemplate(folder, command, patience, TemplateObserver.NONE);
  }

  static TestTemplate of(Path folder, List<String> command, TemplateObserver observer) {
    return new TestTemplate(folder, command, Duration.ofSeconds(60), observer);
  }

  private static String link(int fd) {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)).toString();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  Template.Booted booted() {
    return get(booted);
  }

  TestTemplate standing() {
    assertThat(booted()).isInstanceOf(Template.Booted.Standing.class);
    return this;
  }

  NotForkable refused() {
    assertThat(booted()).isInstanceOf(Template.Booted.Refused.class);
    return ((Template.Booted.Refused) booted()).why();
  }

  Forked tryFork() {
    CompletableFuture<Forked> forked = new CompletableFuture<>();
    template.fork(() -> true, forked::complete);
    return get(forked);
  }

  Forked.Child fork() {
    Forked forked = tryFork();
    assertThat(forked).isInstanceOf(Forked.Child.class);
    workers.add((Forked.Child) forked);
    return (Forked.Child) forked;
  }

  Template template() {
    return template;
  }

  /** Asks once, and gives what is answered until the connection is closed. */
  String ask() throws IOException {
    return ask(socket);
  }

  static String ask(Path socket) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      ByteBuffer buffer = ByteBuffer.allocate(4096);
      int read = channel.read(buffer);
      while (read > 0) {
        read = channel.read(buffer);
      }
      return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8).strip();
    }
  }

  private static <T> T get(CompletableFuture<T> future) {
    try {
      return future.get(90, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("no answer from the template", e);
    }
  }

  @Override
  public void close() {
    template.close();
    new NativePtraceCalls().kill(child.pid());
    for (Forked.Child worker : workers) {
      new NativePtraceCalls().kill(worker.pid());
    }
    listener.close();
  }
}
