package io.kidreaper.linux.socket;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Which file, as far as a file system can say: a path may be another's by the time we look.
 *
 * @param device {@code st_dev} of {@code stat(2)}
 * @param inode {@code st_ino} of {@code stat(2)}
 */
public record FileId(long device, long inode) {
  /** The file at a path, not what it may lead to; empty where there is none. */
  public static Optional<FileId> of(Path path) {
    try {
      Map<String, Object> read =
          Files.readAttributes(path, "unix:dev,ino", LinkOption.NOFOLLOW_LINKS);
      return read.get("dev") instanceof Long device && read.get("ino") instanceof Long inode
          ? Optional.of(new FileId(device, inode))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
