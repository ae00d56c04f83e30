# Makes an ahead-of-time cache (JEP 483, 514, 515), which saves two thirds of the start-up. Sourced by
# ./kidreaper with $JDK, $jar and $target set.

# make_aot_cache FILE FORM: a cache for one form of the command line, "article", "run", "watch", "explain" or "all" (Rehearsal.java).
# The file appears whole or not at all: another call may look for it at any moment.
make_aot_cache() {
  # What is not met in the rehearsal is not in the cache, so there has to be a worker to look at.
  sleep 120 &
  worker=$!
  made=0
  # Without the methods' profiles: with them the JVM compiles hundreds at each start, for a run that is over by then.
  # A supervisor is not told that what is rehearsed is ready, and its sockets are not taken.
  env -u NOTIFY_SOCKET -u WATCHDOG_USEC -u WATCHDOG_PID -u LISTEN_FDS -u LISTEN_PID -u LISTEN_FDNAMES \
    "$JDK/bin/java" -XX:AOTCacheOutput="$1.new.$$" -XX:+UnlockDiagnosticVMOptions -XX:-AOTRecordTraining -Xlog:aot=error \
    -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xms8m -Xmx64m --enable-native-access=ALL-UNNAMED \
    -cp "$jar:$target/lib/*" io.kidreaper.cli.Rehearsal "$2" $$ \
    > "$target/aot-cache.log" 2>&1 < /dev/null && mv -f "$1.new.$$" "$1" || made=1
  kill "$worker" 2>/dev/null || :
  [ "$made" = 0 ] && return 0
  rm -f "$1.new.$$"
  say "no start-up cache could be made (see $target/aot-cache.log); starting takes longer without it"
  return 1
}
