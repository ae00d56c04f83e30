package io.kidreaper.memory;

/** What a part of a process's memory is for, as far as the kernel's list of mappings tells. */
public enum AreaKind {
  HEAP("heap", "heap"),
  ARENAS("allocator arenas", "arenas"),
  ANONYMOUS("anonymous maps", "anonymous"),
  STACKS("stacks", "stacks"),
  FILES("program and file maps", "files"),
  SHARED_MEMORY("shared memory, opcache", "sharedMemory");

  private final String label;
  private final String word;

  AreaKind(String label, String word) {
    this.label = label;
    this.word = word;
  }

  /** For people. */
  public String label() {
    return label;
  }

  /** For programs: a key of JSON. */
  public String word() {
    return word;
  }
}
