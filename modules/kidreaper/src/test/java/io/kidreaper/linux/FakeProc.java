package io.kidreaper.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder laid out like /proc, read by the real calls. */
final class FakeProc {
  private final Path root;
  private final ProcFs fs;

  FakeProc(Path root) {
    this.root = root;
    this.fs = new ProcFs(new NativeLibc(), root);
  }

  ProcFs fs() {
    return fs;
  }

  FakeProc file(String relative, String text) {
    return file(relative, KernelText.bytes(text));
  }

  FakeProc file(String relative, byte[] content) {
    try {
      Path file = root.resolve(relative);
      Files.createDirectories(file.getParent());
      Files.write(file, content);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Something that opens and cannot be read. */
  FakeProc folder(String relative) {
    try {
      Files.createDirectories(root.resolve(relative));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
