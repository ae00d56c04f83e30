# Shell functions that ./kidreaper and ./verify share: finding a JDK, getting what is missing, building.
# Sourced with $root set to the clone's folder. Plain POSIX sh.

say() { printf 'kidreaper: %s\n' "$*" >&2; }

# Sets JDK to a JDK 25 or newer and JDK_KEY to a word that is its own: $JAVA_HOME if it is one, else the
# newest in the usual folders. A folder's "release" file tells the version without starting a JVM.
find_jdk() {
  JDK='' JDK_KEY='' best=24
  for home in "${JAVA_HOME:-}" /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* \
    "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/*; do
    [ -n "$home" ] && [ -x "$home/bin/java" ] && [ -x "$home/bin/javac" ] && [ -r "$home/release" ] || continue
    version=''
    while IFS='=' read -r key value; do
      [ "$key" = JAVA_VERSION ] || continue
      # The shell reads byte by byte, and the list of modules further down is long.
      version=${value#\"} && version=${version%\"} && break
    done < "$home/release"
    major=${version%%[!0-9]*}
    [ -n "$major" ] && [ "$major" -gt "$best" ] || continue
    JDK=$home JDK_KEY=$version best=$major
    # What the user named comes first, even where a newer one lies about.
    [ "$home" != "${JAVA_HOME:-}" ] || break
  done
  [ -n "$JDK" ]
}

can_apt() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }

# Installs Debian packages that are not there yet; says so. Services of theirs are not started: they would
# take fixed ports, and nobody asked for them.
apt_install() {
  missing=''
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
      missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  if ! can_apt; then
    say "please install as root: apt-get install$missing"
    return 1
  fi
  say "installing with apt:$missing"
  log=$(mktemp)
  policy=/usr/sbin/policy-rc.d
  made_policy=''
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' > "$policy" && chmod +x "$policy" && made_policy=yes
  fi
  result=0
  { apt-get -qq update &&
    DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install $missing
  } > "$log" 2>&1 < /dev/null || result=1
  [ -z "$made_policy" ] || rm -f "$policy"
  [ "$result" = 0 ] || { tail -n 20 "$log" >&2; say "apt could not install:$missing"; }
  rm -f "$log"
  return "$result"
}

need_jdk() {
  find_jdk && return 0
  if can_apt; then
    apt-get -qq update >/dev/null 2>&1 || :
    newest=$(apt-cache search --names-only '^openjdk-[0-9]+-jdk-headless$' 2>/dev/null |
      sed 's/^openjdk-\([0-9]*\)-.*/\1/' | sort -n | tail -n 1)
    [ "${newest:-0}" -lt 25 ] || apt_install "openjdk-$newest-jdk-headless" || return 1
    find_jdk && return 0
  fi
  say "needs a JDK 25 or newer: install one (openjdk-25-jdk-headless, or any other) and set JAVA_HOME to its folder"
  return 1
}

need_maven() {
  command -v mvn >/dev/null 2>&1 || apt_install maven
}

# Maven with the JDK that was found. Its own libraries use what newer JDKs warn about; that is not our news.
maven() {
  JAVA_HOME=$JDK MAVEN_OPTS="${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow" \
    mvn -B -f "$root/pom.xml" "$@"
}
