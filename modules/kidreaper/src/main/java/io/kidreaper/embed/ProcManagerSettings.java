package io.kidreaper.embed;

import io.kidreaper.linux.NativeLibc;
import io.kidreaper.linux.socket.ListenAddress;
import io.kidreaper.memory.ByteSize;
import io.kidreaper.run.state.PoolName;
import io.kidreaper.run.state.StateFolder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a {@link ProcManager} is asked to keep. The same in the manager and in its workers, since
 * both run the same program.
 *
 * @param processes how many workers, 1 to 10,000
 * @param dieTimeout how long a stop waits for requests before it cuts them
 * @param maxSize what one worker may cost, in private memory
 * @param maxRequests of one worker, at least 1
 * @param stateFolder where the pool's state, lock and control socket are; empty is kidreaper's own
 */
record ProcManagerSettings(
    PoolName name,
    int processes,
    ListenAddress listen,
    Optional<Path> pidfile,
    Duration dieTimeout,
    Optional<ByteSize> maxSize,
    OptionalLong maxRequests,
    Optional<Path> stateFolder) {
  /** As a web server, spawn-fcgi or FCGI::ProcManager's programs have it. */
  static final ListenAddress DESCRIPTOR_0 = new ListenAddress.Inherited(0);

  /** Where the state is. */
  Path stateFolder(Map<String, String> environment) {
    return stateFolder.orElseGet(
        () -> StateFolder.standard(new NativeLibc().effectiveUserId(), environment));
  }

  /** The manager's control socket. */
  Path controlSocket(Map<String, String> environment) {
    return stateFolder(environment).resolve(name + ".sock");
  }

  /**
   * What a program's pool is called where nobody says: after its main class or its jar.
   *
   * @param javaCommand the JVM's property sun.java.command
   */
  static PoolName defaultName(String javaCommand) {
    String main = javaCommand.replaceFirst(" .*", "");
    String name =
        main.endsWith(".jar")
            ? main.substring(main.lastIndexOf('/') + 1, main.length() - ".jar".length())
            : main.substring(Math.max(main.lastIndexOf('.'), main.lastIndexOf('/')) + 1);
    return new PoolName(PoolName.isName(name) ? name : "java");
  }
}
