package io.kidreaper.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Who could have written a file: by its owner and mode, and by those of the folders above it, in
 * which it could have been replaced. An access control list shows up in the group's bits ({@code
 * acl(5)}), so it is covered.
 *
 * @param ownerUserId whom to trust beside root
 * @param ownerIs who that is, for messages: {@code the process's owner}
 */
public record FileTrust(int ownerUserId, String ownerIs) {
  private static final int GROUP_WRITES = 020;
  private static final int OTHERS_WRITE = 02;
  private static final int STICKY = 01000;

  /**
   * Why the file is not to be believed; empty where it is.
   *
   * @param path where it was looked for
   * @param opened the file that was opened there; for a folder the same path again
   */
  public Optional<String> doubt(Path path, Path opened) throws IOException {
    Optional<String> own = doubt(opened, "it", 0);
    if (own.isPresent()) {
      return own;
    }
    Path absolute = path.toAbsolutePath();
    for (Path way : new Path[] {absolute, absolute.toRealPath()}) {
      for (Path folder = way.getParent(); folder != null; folder = folder.getParent()) {
        Optional<String> above = doubt(folder, "its folder " + folder, STICKY);
        if (above.isPresent()) {
          return above;
        }
      }
    }
    // In a sticky folder a link may be anybody's.
    int linkOwner = (int) Files.getAttribute(absolute, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    return linkOwner == 0 || linkOwner == ownerUserId
        ? Optional.empty()
        : Optional.of("is a link that belongs to user " + linkOwner + notTrusted());
  }

  private Optional<String> doubt(Path file, String what, int harmlessIf) throws IOException {
    int owner = (int) Files.getAttribute(file, "unix:uid");
    int group = (int) Files.getAttribute(file, "unix:gid");
    int mode = (int) Files.getAttribute(file, "unix:mode");
    if (owner != 0 && owner != ownerUserId) {
      return Optional.of("cannot be trusted: " + what + " belongs to user " + owner + notTrusted());
    }
    if ((mode & harmlessIf) != 0) {
      return Optional.empty();
    }
    if ((mode & OTHERS_WRITE) != 0) {
      return Optional.of("cannot be trusted: everybody may write to " + what);
    }
    if ((mode & GROUP_WRITES) != 0 && group != 0) {
      return Optional.of("cannot be trusted: group " + group + " may write to " + what);
    }
    return Optional.empty();
  }

  private String notTrusted() {
    return ", who is neither root nor " + ownerIs + " (user " + ownerUserId + ")";
  }
}
