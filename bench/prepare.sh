# Shell functions of the benches that run classes of the tests. Sourced with $root set to the clone's folder.
. "$root/bin/toolchain.sh"

# Installs what the tests install, builds, and sets $classpath to the tests' classes and libraries.
prepare() {
  need_jdk && need_maven || exit 69
  # shellcheck disable=SC2046 # one word a package
  apt_install $(sed -e 's/#.*//' "$root/packages.apt") || exit 69
  target=$root/modules/kidreaper/target
  say "building..."
  log=$(mktemp)
  maven -q -DskipTests package > "$log" 2>&1 < /dev/null || { cat "$log" >&2; rm -f "$log"; exit 69; }
  rm -f "$log"
  # With the modules that it needs, which are in no repository; its own list is the last to be written.
  maven -q -pl modules/kidreaper -am compile dependency:build-classpath -Dmdep.outputFile="$target/test-classpath.txt" \
    -Dmdep.includeScope=test > /dev/null 2>&1 < /dev/null
  classpath=$target/test-classes:$target/classes:$(cat "$target/test-classpath.txt")
}

# run_class CLASS [ARG...]: becomes it; -D options may stand first.
run_class() {
  exec "$JDK/bin/java" --enable-native-access=ALL-UNNAMED -Dkidreaper.root="$root" -cp "$classpath" "$@"
}
