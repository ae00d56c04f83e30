package io.kidreaper.explain;

/** What came of trying an advice on this project's machines; docs/EXPLAIN.md says how. */
final class Tried {
  static final String GC_FREEZE = "tried: five collections unshared 5.6 MB instead of 63 MB";
  static final String RUBY_COMPACT =
      "GC.compact tried on Ruby 3.1: 18.6 MB instead of 21.6 MB after the same work";
  static final String PERL_USE_ONCE = "tried: one request unshared 9.3 MB instead of 30.9 MB";
  static final String ARENA_MAX =
      "tried: 44 MB with 1 and 64 MB with 2 instead of 132 MB, 16 threads in C";
  static final String TRIM = "tried in C: 0.6 MB left of 64 MB";
  static final String HUGE_PAGES = "tried: 0.4 MB instead of 128 MB, for 64 touched bytes";

  private Tried() {}
}
