package io.kidreaper.explain;

import java.util.Locale;

/** What a worker's program runs in, which decides what may be done about its growth. */
public enum Platform {
  PERL("Perl"),
  PHP("PHP"),
  RUBY("Ruby"),
  PYTHON("Python"),
  JVM("JVM"),
  NATIVE("C");

  private final String label;

  Platform(String label) {
    this.label = label;
  }

  public String label() {
    return label;
  }

  /**
   * By the file that the process runs; a server that embeds its runtime (uWSGI, mod_perl) looks
   * native.
   *
   * @param executable its name without the folder
   * @param libraries whether a shared library whose name begins so is mapped
   */
  public static Platform of(String executable, java.util.function.Predicate<String> libraries) {
    String name = executable.toLowerCase(Locale.ROOT);
    if (name.startsWith("perl") || libraries.test("libperl")) {
      return PERL;
    }
    if (name.startsWith("php") || libraries.test("libphp")) {
      return PHP;
    }
    if (name.startsWith("ruby") || libraries.test("libruby")) {
      return RUBY;
    }
    if (name.startsWith("python") || libraries.test("libpython")) {
      return PYTHON;
    }
    return name.equals("java") || libraries.test("libjvm") ? JVM : NATIVE;
  }
}
