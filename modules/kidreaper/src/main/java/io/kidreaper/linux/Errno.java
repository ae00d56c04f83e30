package io.kidreaper.linux;

/**
 * The error numbers that kidreaper tells apart, as Linux has them on x86-64 and aarch64 ({@code
 * errno(3)}).
 */
public final class Errno {
  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int ESRCH = 3;
  public static final int EINTR = 4;
  public static final int EIO = 5;
  public static final int E2BIG = 7;
  public static final int ENOEXEC = 8;
  public static final int EBADF = 9;
  public static final int ECHILD = 10;
  public static final int EAGAIN = 11;
  public static final int ENOMEM = 12;
  public static final int EACCES = 13;
  public static final int EEXIST = 17;
  public static final int ENOTDIR = 20;
  public static final int EISDIR = 21;
  public static final int EINVAL = 22;
  public static final int ENFILE = 23;
  public static final int EMFILE = 24;
  public static final int EPIPE = 32;
  public static final int ENOSYS = 38;
  public static final int ELOOP = 40;
  public static final int ENOTSOCK = 88;
  public static final int EAFNOSUPPORT = 97;
  public static final int EADDRINUSE = 98;
  public static final int EADDRNOTAVAIL = 99;
  public static final int ECONNREFUSED = 111;

  private Errno() {}

  /**
   * The name and meaning of an error.
   *
   * @param errno positive, as in {@code errno(3)}
   */
  public static String describe(int errno) {
    return switch (errno) {
      case EPERM -> "EPERM (operation not permitted)";
      case ENOENT -> "ENOENT (no such file)";
      case ESRCH -> "ESRCH (no such process)";
      case EINTR -> "EINTR (interrupted)";
      case EIO -> "EIO (input/output error)";
      case E2BIG -> "E2BIG (arguments and environment too long)";
      case ENOEXEC -> "ENOEXEC (not a program this machine can run)";
      case EBADF -> "EBADF (bad file descriptor)";
      case ECHILD -> "ECHILD (no child process)";
      case EAGAIN -> "EAGAIN (try again)";
      case ENOMEM -> "ENOMEM (out of memory)";
      case EACCES -> "EACCES (permission denied)";
      case EEXIST -> "EEXIST (exists already)";
      case ENOTDIR -> "ENOTDIR (not a directory)";
      case EISDIR -> "EISDIR (is a directory)";
      case EINVAL -> "EINVAL (invalid argument)";
      case ENFILE -> "ENFILE (too many open files in the system)";
      case EMFILE -> "EMFILE (too many open files; raise ulimit -n)";
      case EPIPE -> "EPIPE (the other end is closed)";
      case ENOSYS -> "ENOSYS (not in this kernel)";
      case ELOOP -> "ELOOP (too many symbolic links)";
      case ENOTSOCK -> "ENOTSOCK (not a socket)";
      case EAFNOSUPPORT -> "EAFNOSUPPORT (address family not in this kernel)";
      case EADDRINUSE -> "EADDRINUSE (address already in use)";
      case EADDRNOTAVAIL -> "EADDRNOTAVAIL (not an address of this machine)";
      case ECONNREFUSED -> "ECONNREFUSED (connection refused)";
      default -> "errno " + errno;
    };
  }
}
