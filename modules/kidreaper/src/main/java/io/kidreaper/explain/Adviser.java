package io.kidreaper.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What may be done, most effective first. docs/EXPLAIN.md has what was measured of each.
 *
 * <p>Where nothing was watched, it says what watching would decide, and gives no cure.
 */
public final class Adviser {
  private Adviser() {}

  /**
   * @param growth empty where the worker was read once
   * @param trend empty where no series was read
   */
  public static List<Advice> of(Platform platform, Optional<Growth> growth, Optional<Trend> trend) {
    List<Advice> advice = new ArrayList<>();
    if (growth.isEmpty()) {
      advice.add(
          new Advice(
              "One reading has no trend: watch it with --for 60s, or with --requests 200, while it"
                  + " serves.",
              "it is what the tests of this command do"));
      return advice;
    }
    Optional<Part> main = growth.get().mainPart();
    if (main.isEmpty()) {
      advice.add(Advice.nothing("It did not grow while it was watched: nothing to do."));
      return advice;
    }
    switch (main.get().cause()) {
      case COPY_ON_WRITE -> copyOnWrite(advice, platform);
      case ALLOCATION -> allocation(advice, platform, trend);
      case HUGE_PAGES ->
          advice.add(
              new Advice(
                  "Switch transparent huge pages off for it (echo madvise >"
                      + " /sys/kernel/mm/transparent_hugepage/enabled, or prctl PR_SET_THP_DISABLE"
                      + " before it starts) and compare.",
                  Tried.HUGE_PAGES));
      case SHARER_LEFT ->
          advice.add(
              new Advice(
                  "Nothing to do at this worker: the pages were there before, and the pool's"
                      + " memory did not rise by them.",
                  "the identity in docs/EXPLAIN.md"));
      case FILE_CACHE ->
          advice.add(
              new Advice(
                  "Nothing was allocated: the kernel drops these pages when it needs room. Hold"
                      + " the limit against more than this.",
                  "the identity in docs/EXPLAIN.md"));
      case SHARED_MEMORY ->
          advice.add(
              new Advice(
                  "Look at what was configured for shared memory (opcache.memory_consumption,"
                      + " caches); its exit alone does not give it back while others map it.",
                  Advice.UNTRIED));
      case SWAP ->
          advice.add(
              new Advice(
                  "The machine is short of memory: lower the pool's budget.", Advice.UNTRIED));
    }
    return List.copyOf(advice);
  }

  private static void copyOnWrite(List<Advice> advice, Platform platform) {
    switch (platform) {
      case PYTHON -> {
        advice.add(
            new Advice(
                "Call gc.freeze() after loading, before the fork (gunicorn: preload_app, then in"
                    + " when_ready): the collector then leaves inherited objects alone.",
                Tried.GC_FREEZE));
        advice.add(
            new Advice(
                "What reference counts unshare stays: it levels off when every inherited object"
                    + " was touched.",
                "its shape is 'saturating' in the tests"));
      }
      case RUBY ->
          advice.add(
              new Advice(
                  "Compact before the fork (GC.compact, or Process.warmup from Ruby 3.3), so that"
                      + " fewer pages are written to.",
                  Tried.RUBY_COMPACT));
      case PERL ->
          advice.add(
              new Advice(
                  "Load and use everything once before the fork: variables change their inner form"
                      + " at first use, and do that in each worker otherwise.",
                  Tried.PERL_USE_ONCE));
      case PHP ->
          advice.add(
              new Advice(
                  "What php-fpm's master has loaded is small; set pm.max_requests only as high as"
                      + " the plateau needs.",
                  Advice.UNTRIED));
      case JVM, NATIVE ->
          advice.add(
              new Advice(
                  "Find who writes to memory that was filled before the fork, and allocate it"
                      + " after, or apart from what is only read.",
                  Advice.UNTRIED));
    }
    advice.add(
        new Advice(
            "It ends by itself: unshared memory is bounded by what was inherited. Hold the limit"
                + " above that level, or every worker is retired for nothing; a fresh fork begins"
                + " anew (kidreaper run --spawn fork).",
            "levels off in the tests"));
  }

  private static void allocation(List<Advice> advice, Platform platform, Optional<Trend> trend) {
    boolean line = trend.map(seen -> seen.shape() instanceof Shape.Line).orElse(false);
    if (line) {
      advice.add(
          new Advice(
              "It looks like a leak: it grows evenly and does not slow down. Find the request that"
                  + " does it: kidreaper explain PID --requests 200.",
              "named the leaking route on six servers"));
      advice.add(new Advice(leakTool(platform), Advice.UNTRIED));
      advice.add(
          new Advice(
              "Until it is found: a limit at twice what a fresh worker has, or max-requests by the"
                  + " bytes a request.",
              "the pool's limit, tests of reap and run"));
    } else {
      advice.add(
          new Advice(
              "A leak, a cache that fills and a heap with holes look alike so far: watch it over"
                  + " more requests; a line is a leak, what levels off is not.",
              "the table in docs/EXPLAIN.md"));
    }
    switch (platform) {
      case NATIVE, PYTHON, RUBY ->
          advice.add(
              new Advice(
                  "If it has several threads or arenas: MALLOC_ARENA_MAX=1 or 2 in its"
                      + " environment.",
                  Tried.ARENA_MAX));
      case PERL ->
          advice.add(
              new Advice(
                  "Free memory with holes goes back only from the top of the heap: malloc_trim(0)"
                      + " gives back whole free pages in its middle too.",
                  Tried.TRIM));
      case PHP ->
          advice.add(
              new Advice(
                  "gc_mem_caches() gives back what the request's allocator keeps.",
                  Advice.UNTRIED));
      case JVM ->
          advice.add(
              new Advice(
                  "Compare with -Xmx and the native memory summary (jcmd PID VM.native_memory):"
                      + " a heap that grows to -Xmx is no leak.",
                  Advice.UNTRIED));
    }
  }

  private static String leakTool(Platform platform) {
    return switch (platform) {
      case PERL -> "How to look for it in Perl: Devel::MAT, or Test::LeakTrace around the handler.";
      case PHP -> "How to look for it in PHP: memory_get_usage() around the request; meminfo.";
      case RUBY -> "How to look for it in Ruby: ObjectSpace.trace_object_allocations, heap dumps.";
      case PYTHON -> "How to look for it in Python: tracemalloc, two snapshots compared.";
      case JVM -> "How to look for it in a JVM: jcmd PID GC.class_histogram, twice.";
      case NATIVE -> "How to look for it in C: heaptrack, or valgrind --tool=massif.";
    };
  }
}
