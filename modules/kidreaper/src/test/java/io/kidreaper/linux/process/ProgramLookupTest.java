package io.kidreaper.linux.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.linux.process.ProgramLookup.Found;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramLookupTest {
  @TempDir Path folder;

  @Test
  void aNameIsFoundInThePathOfTheWorkerInItsOrder() throws IOException {
    Files.createDirectory(folder.resolve("a"));
    Files.createDirectory(folder.resolve("b"));
    program("a/app", "not executable", false);
    Path real = program("b/app", "#!/bin/sh\n", true);
    assertThat(find("app", folder + "/a:" + folder + "/b"))
        .isEqualTo(new Found.Program(real.toString()));
    assertThat(find("app", folder + "/a").toString()).contains("a/app is not executable");
  }

  @Test
  void aPathIsRelativeToWhereTheWorkerRuns() throws IOException {
    Path real = program("app", "#!/bin/sh\n", true);
    assertThat(find("./app", "")).isEqualTo(new Found.Program(folder.resolve("./app").toString()));
    assertThat(find(real.toString(), "")).isEqualTo(new Found.Program(real.toString()));
    assertThat(find("app", "")).as("an empty PATH entry").isInstanceOf(Found.Program.class);
  }

  @Test
  void whatIsWrongIsSaid() throws IOException {
    program("no-interpreter", "#!/no/such/perl -w\n", true);
    program("empty-interpreter", "#!\n", true);
    program("windows", "#!/bin/sh\r\necho\r\n", true);
    program("env-missing", "#!/usr/bin/env no-such-python\n", true);
    program("via-text", "#!" + program("text", "x", false) + "\n", true);
    assertThat(find("./none", "").toString()).contains("there is no program " + folder);
    assertThat(find("none", "/x:/y").toString())
        .contains("there is no program \"none\" in PATH (/x:/y)");
    assertThat(find("/tmp", "").toString()).contains("/tmp is a directory");
    assertThat(find("", "").toString()).contains("the command's program is empty");
    assertThat(find("./text", "").toString()).contains("is not executable; chmod +x");
    assertThat(find("./no-interpreter", "").toString())
        .contains("names the interpreter /no/such/perl, which does not exist");
    assertThat(find("./empty-interpreter", "").toString()).contains("which does not exist");
    assertThat(find("./windows", "").toString()).contains("ends with a carriage return");
    assertThat(find("./env-missing", "/usr/bin").toString())
        .contains("asks env for no-such-python: there is no program");
    assertThat(find("./via-text", "").toString()).contains("which is not executable");
  }

  private Found find(String program, String path) {
    return ProgramLookup.find(program, Map.of("PATH", path), folder);
  }

  private Path program(String name, String text, boolean executable) throws IOException {
    Path path = Files.writeString(folder.resolve(name), text);
    Files.setPosixFilePermissions(
        path, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
    return path;
  }
}
