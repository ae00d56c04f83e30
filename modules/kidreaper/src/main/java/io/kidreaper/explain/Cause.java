package io.kidreaper.explain;

/** What can make a worker's private memory larger or smaller. */
public enum Cause {
  COPY_ON_WRITE(
      "copy-on-write", "copy-on-write", "wrote to pages that it had shared since its fork"),
  ALLOCATION("new allocation", "allocation", "memory that it did not have before"),
  HUGE_PAGES("huge pages", "huge-pages", "new memory that the kernel gave in pages of 2 MiB"),
  SHARER_LEFT("a sharer left", "sharer-left", "another process let go of pages that only both had"),
  FILE_CACHE(
      "file cache", "file-cache", "file pages that only it maps; the kernel can drop clean ones"),
  SHARED_MEMORY("shared memory", "shared-memory", "shared memory that only it has touched so far"),
  SWAP("swap", "swap", "shared pages that went to swap, where each sharer is charged in full");

  private final String label;
  private final String word;
  private final String meaning;

  Cause(String label, String word, String meaning) {
    this.label = label;
    this.word = word;
    this.meaning = meaning;
  }

  /** For people. */
  public String label() {
    return label;
  }

  /** For programs. */
  public String word() {
    return word;
  }

  /** What it means, as a part of a sentence. */
  public String meaning() {
    return meaning;
  }
}
