package io.kidreaper.linux.pressure;

import io.kidreaper.linux.ProcRead;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The memory cgroup of a process ({@code cgroups(7)}).
 *
 * @param folders its own and those around it that can be seen, the innermost first
 */
record Cgroup(Version version, List<String> folders) {

  /** The names of the files that say the same in each version. */
  enum Version {
    /** Documentation/admin-guide/cgroup-v2.rst. */
    V2("memory.current", "inactive_file", "memory.events"),
    /** Documentation/admin-guide/cgroup-v1/memory.rst. */
    V1("memory.usage_in_bytes", "total_inactive_file", "memory.oom_control");

    final String usage;
    final String reclaimable;
    final String events;

    Version(String usage, String reclaimable, String events) {
      this.usage = usage;
      this.reclaimable = reclaimable;
      this.events = events;
    }

    List<String> limits() {
      return switch (this) {
        case V2 -> List.of("memory.max", "memory.high");
        case V1 -> List.of("memory.limit_in_bytes");
      };
    }

    /** What in the file of events is a sign of too little memory. */
    List<String> alarms() {
      return switch (this) {
        case V2 -> List.of("oom", "oom_kill");
        case V1 -> List.of("under_oom", "oom_kill");
      };
    }
  }

  /** What came of looking for it. */
  sealed interface Found {
    record In(Cgroup cgroup) implements Found {}

    /** There are no cgroups that could limit memory. */
    record Nowhere() implements Found {}

    record Unknown(String reason) implements Found {}
  }

  /**
   * @param process a pid, or {@code self}
   */
  static Found of(KernelFiles files, String process) {
    ProcRead<String> memberships = files.text("/proc/" + process + "/cgroup");
    ProcRead<String> mounts = files.text("/proc/" + process + "/mountinfo");
    return switch (memberships) {
      // A kernel without cgroups; a process that has gone has no mountinfo either.
      case ProcRead.Gone<String>() ->
          mounts instanceof ProcRead.Gone<String>()
              ? new Found.Unknown("there is no process " + process)
              : new Found.Nowhere();
      case ProcRead.Failed<String>(String reason) -> new Found.Unknown(reason);
      case ProcRead.Found<String>(String text) ->
          switch (mounts) {
            case ProcRead.Gone<String>() -> new Found.Unknown("there is no process " + process);
            case ProcRead.Failed<String>(String reason) -> new Found.Unknown(reason);
            case ProcRead.Found<String>(String mountinfo) -> of(files, text, mountinfo);
          };
    };
  }

  /**
   * The version-2 folder of a process, which counts its pressure also where memory is limited in
   * version 1; empty at the root, whose pressure is the machine's, and where there is none.
   */
  static Optional<String> pressureFolder(KernelFiles files, String process) {
    return files.text("/proc/" + process + "/cgroup") instanceof ProcRead.Found<String>(String text)
            && files.text("/proc/" + process + "/mountinfo")
                instanceof ProcRead.Found<String>(String mountinfo)
        ? path(text, "")
            .filter(path -> !path.equals("/"))
            .flatMap(path -> Mount.ofVersion2(mountinfo).flatMap(it -> it.folder(path)))
        : Optional.empty();
  }

  private static Found of(KernelFiles files, String memberships, String mountinfo) {
    // Where both are mounted, memory is in one of them only: a line for it in version 1 says where.
    Optional<String> first = path(memberships, "memory");
    if (first.isPresent()) {
      return at(files, Version.V1, Mount.ofController(mountinfo, "memory"), first.get());
    }
    Optional<String> second = path(memberships, "");
    return second.isPresent()
        ? at(files, Version.V2, Mount.ofVersion2(mountinfo), second.get())
        : new Found.Nowhere();
  }

  /** Of lines {@code 4:cpu,memory:/path}, and {@code 0::/path} for version 2. */
  private static Optional<String> path(String memberships, String controller) {
    return memberships
        .lines()
        .map(line -> line.split(":", 3))
        .filter(parts ->
            parts.length == 3
                && (controller.isEmpty()
                    ? parts[0].equals("0") && parts[1].isEmpty()
                    : List.of(parts[1].split(",", -1)).contains(controller)))
        .map(parts -> parts[2])
        .findFirst();
  }

  private static Found at(
      KernelFiles files, Version version, Optional<Mount> mount, String cgroup) {
    if (mount.isEmpty()) {
      return new Found.Unknown("the memory cgroup " + cgroup + " is not mounted");
    }
    Optional<String> own = mount.get().folder(cgroup).filter(files::isFolder);
    if (own.isEmpty()) {
      return new Found.Unknown(
          "the memory cgroup " + cgroup + " is not below " + mount.get().point());
    }
    List<String> folders = new ArrayList<>();
    String folder = own.get();
    while (folder.length() > mount.get().point().length()) {
      folders.add(folder);
      folder = folder.substring(0, folder.lastIndexOf('/'));
    }
    folders.add(mount.get().point());
    return new Found.In(new Cgroup(version, List.copyOf(folders)));
  }
}
