package io.kidreaper.linux.trace;

/** Whether a process holds a connection that it accepted from one of its listening sockets. */
public sealed interface Holding {
  /** It listens, and holds none: nothing can be lost. */
  record Nothing() implements Holding {}

  /**
   * It holds some.
   *
   * @param connections how many
   */
  record Connections(int connections) implements Holding {}

  /** It cannot be told. */
  record Unclear(Why why) implements Holding {}

  /** Why it cannot be told. */
  enum Why {
    /**
     * It holds no listening socket of TCP or of the unix family, so none of its sockets is known.
     */
    NO_LISTENING_SOCKET("it holds no listening socket"),
    /** It has an io_uring, through which the kernel may accept for it at any moment. */
    IO_URING("it uses io_uring, which can accept connections without a system call"),
    /** Its open files or the socket tables could not be read. */
    UNREADABLE("its open files cannot be read"),
    /** It is a program of another architecture (32 bits, say) than this JVM. */
    OTHER_ARCHITECTURE("it is a program of another architecture");

    private final String words;

    Why(String words) {
      this.words = words;
    }

    /** The reason as the end of a sentence. */
    public String words() {
      return words;
    }
  }
}
