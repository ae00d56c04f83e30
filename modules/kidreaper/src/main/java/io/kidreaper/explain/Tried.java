package io.kidreaper.explain;

/** What came of trying an advice on this project's machines; docs/EXPLAIN.md says how. */
final class Tried {
  static final String GC_FREEZE = Advice.UNTRIED;
  static final String RUBY_COMPACT = Advice.UNTRIED;
  static final String PERL_USE_ONCE = Advice.UNTRIED;
  static final String ARENA_MAX = Advice.UNTRIED;
  static final String TRIM = Advice.UNTRIED;
  static final String HUGE_PAGES = Advice.UNTRIED;

  private Tried() {}
}
