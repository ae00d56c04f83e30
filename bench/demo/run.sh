#!/bin/sh
# What a worker of the demo costs, and how fast it starts, by the options of its JVM. JAVA_HOME must be a JDK 25
# or newer; the modules must be built (mvn package -DskipTests). Needs spawn-fcgi, perl and root or the same user.
#   bench/demo/run.sh
# For each set of options: milliseconds from the start to the first answer (the middle of five starts), then the private
# memory (smaps_rollup: Private_Clean + Private_Dirty) and PSS of one worker alone and of each of five, in MiB, after
# 200 requests each.
set -eu
cd "$(dirname "$0")/../.."
classpath=modules/kidreaper/target/kidreaper.jar:$(echo modules/fastcgi/target/kidreaper-fastcgi-*.jar)
main=io.kidreaper.demo.DemoWorker
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cat > "$dir/ask.pl" <<'P'
# ask.pl SOCKET COUNT: so many FastCGI requests for /, each on a connection of its own; waits up to 20 s for the first.
use strict; use Socket; use Time::HiRes 'sleep';
my ($path, $count) = @ARGV;
sub pair { pack('CC', length $_[0], length $_[1]) . $_[0] . $_[1] }
sub record { my ($type, $content) = @_; pack('CCnnCx', 1, $type, 1, length $content, 0) . $content }
my $params = pair('REQUEST_METHOD', 'GET') . pair('REQUEST_URI', '/') . pair('QUERY_STRING', '');
my $request = record(1, pack('nCx5', 1, 0)) . record(4, $params) . record(4, '') . record(5, '');
for my $i (1 .. $count) {
  my $s;
  for my $try (1 .. 2000) {
    socket($s, AF_UNIX, SOCK_STREAM, 0) or die;
    last if connect($s, pack_sockaddr_un($path));
    die "nobody listens" if $try == 2000; sleep 0.01;
  }
  syswrite $s, $request; my $all = ''; while (sysread $s, my $b, 65536) { $all .= $b }
  die "no answer" unless $all =~ /Status: 200/;
}
P
now() { perl -MTime::HiRes=time -e 'printf "%d", time * 1000'; }
start() { spawn-fcgi -n -s "$1" -- "$JAVA_HOME/bin/java" $options -cp "$classpath" $main 2>"$dir/log" & }
private() { awk '/^Private_(Clean|Dirty):/ {s += $2} END {printf "%.1f", s / 1024}' "/proc/$1/smaps_rollup"; }
pss() { awk '/^Pss:/ {printf "%.1f", $2 / 1024}' "/proc/$1/smaps_rollup"; }
measure() {
  name=$1 options=$2
  times=''
  for i in 1 2 3 4 5; do
    rm -f "$dir/s"; before=$(now); start "$dir/s"; pid=$!
    perl "$dir/ask.pl" "$dir/s" 1; times="$times $(($(now) - before))"
    kill $pid; wait $pid || :
  done
  middle=$(printf '%s\n' $times | sort -n | sed -n 3p)
  pids=''
  for i in 1 2 3 4 5; do
    rm -f "$dir/s$i"; start "$dir/s$i"; pids="$pids $!"
    perl "$dir/ask.pl" "$dir/s$i" 200
    [ $i = 1 ] && alone="$(private $!) | $(pss $!)"
  done
  five='' fivepss=''
  for pid in $pids; do five="$five $(private $pid)"; fivepss="$fivepss $(pss $pid)"; done
  kill $pids; for pid in $pids; do wait $pid || :; done
  echo "| $name | $middle | $alone |$five |$fivepss |"
}
small="-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xms4m -Xmx16m -Xss256k -XX:ReservedCodeCacheSize=8m -XX:-UsePerfData"
train() {
  options="$2 -XX:AOTCacheOutput=$dir/$1.aot -Xlog:aot=off -Xlog:cds=off"
  rm -f "$dir/s"; start "$dir/s"; pid=$!; perl "$dir/ask.pl" "$dir/s" 200; kill $pid; wait $pid || :
  [ -f "$dir/$1.aot" ] || { echo "no archive" >&2; cat "$dir/log" >&2; exit 1; }
}
echo "| options | first answer, ms | private alone | PSS alone | private of five | PSS of five |"
echo "|---|---:|---:|---:|---:|---:|"
here="-XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0"
late="-XX:CompileThresholdScaling=10"
measure "none" ""
measure "serial collector, -Xmx16m" "-XX:+UseSerialGC -Xmx16m"
measure "the same, C1 only" "-XX:+UseSerialGC -Xmx16m -XX:TieredStopAtLevel=1"
measure "the same, small heap, stacks, code cache, no perf data (*)" "$small"
measure "*, interpreter only" "$small -Xint"
measure "*, compile late" "$small $late"
train small "$small $late"
measure "*, AOT cache" "$small -XX:AOTCache=$dir/small.aot -Xlog:aot=off"
measure "*, AOT cache not relocated" "$small $here -XX:AOTCache=$dir/small.aot -Xlog:aot=off"
measure "*, AOT cache not relocated, compile late" "$small $late $here -XX:AOTCache=$dir/small.aot -Xlog:aot=off"
measure "*, AOT cache not relocated, compile late, trimmed" "$small $late $here -XX:TrimNativeHeapInterval=2000 -XX:AOTCache=$dir/small.aot -Xlog:aot=off"
train compact "$small $late $here -XX:+UseCompactObjectHeaders"
measure "*, AOT cache not relocated, compile late, compact headers" \
  "$small $late $here -XX:+UseCompactObjectHeaders -XX:AOTCache=$dir/compact.aot -Xlog:aot=off"
