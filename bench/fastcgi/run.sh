#!/bin/sh
# Measures the FastCGI library. JAVA_HOME must be a JDK 25 or newer.
#   bench/fastcgi/run.sh codec [JMH options]   records a second, and bytes allocated for each
#   bench/fastcgi/run.sh compare [SECONDS]     behind nginx, against php-fpm and a libfcgi C program
# Needs the packages of modules/fastcgi/packages.apt and wrk, gcc. Everything is built in target/.
set -eu
cd "$(dirname "$0")/../.."
root=$PWD
here=$root/bench/fastcgi
out=$here/target
library=$root/modules/fastcgi/target/classes
mkdir -p "$out/classes"
mvn -B -q -pl modules/fastcgi compile
mvn -B -q -f "$here/pom.xml" dependency:build-classpath -Dmdep.outputFile="$out/classpath"
classpath=$library:$(cat "$out/classpath")
"$JAVA_HOME/bin/javac" -d "$out/classes" -cp "$classpath" -proc:full $(find "$here/src" -name '*.java')
case "${1:-}" in
  codec)
    shift
    exec "$JAVA_HOME/bin/java" -cp "$out/classes:$classpath" org.openjdk.jmh.Main -prof gc "$@"
    ;;
  compare)
    gcc -O2 -o "$out/hello" "$here/hello.c" -lfcgi
    exec "$JAVA_HOME/bin/java" "$here/Compare.java" "$out/classes:$library" "$out/hello" "$here/hello.php" "${2:-3}"
    ;;
  *)
    sed -n '2,5s/^# //p' "$0" >&2
    exit 2
    ;;
esac
