package io.kidreaper.linux;

import io.kidreaper.memory.Area;
import io.kidreaper.memory.AreaKind;
import io.kidreaper.memory.Composition;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * {@code /proc/PID/smaps} ({@code proc_pid_smaps(5)}): every mapping with its figures.
 *
 * <pre>{@code
 * 7f0a0c000000-7f0a0c021000 rw-p 00000000 00:00 0          [heap]
 * Rss:                 132 kB
 * ...
 * }</pre>
 *
 * <p>What a mapping is for is told by its name where it has one. glibc's arenas and thread stacks
 * have none before the kernel's CONFIG_ANON_VMA_NAME, and are told by their shape: an arena begins
 * at a multiple of 64 MiB and, with the unusable rest that follows it, fills that; a thread's stack
 * has an unusable guard right below it.
 */
final class SmapsFile {
  /** HEAP_MAX_SIZE of glibc's malloc on 64-bit systems. */
  private static final long ARENA_BYTES = 64L << 20;

  private static final long LARGEST_GUARD_BYTES = 1L << 20;

  private SmapsFile() {}

  /** One mapping. */
  private record Mapping(
      long start, long end, String permissions, long inode, String name, Area area) {
    boolean anonymous() {
      return inode == 0 && name.isEmpty();
    }

    boolean unusable() {
      return permissions.startsWith("---") && anonymous();
    }

    boolean writable() {
      return permissions.startsWith("rw");
    }

    boolean sharedByIntent() {
      return permissions.endsWith("s");
    }

    long bytes() {
      return end - start;
    }
  }

  static Composition parse(byte[] text) {
    List<Mapping> mappings = mappings(new String(text, StandardCharsets.ISO_8859_1));
    Map<AreaKind, Area> areas = new EnumMap<>(AreaKind.class);
    for (int i = 0; i < mappings.size(); i++) {
      areas.merge(kind(mappings, i), mappings.get(i).area(), Area::plus);
    }
    return new Composition(areas, mappings.size());
  }

  private static List<Mapping> mappings(String text) {
    List<Mapping> mappings = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      int next = nextHead(text, at);
      mappings.add(mapping(text.substring(at, next)));
      at = next;
    }
    return mappings;
  }

  /** Figures begin with a capital letter, a mapping's first line with its address in small hex. */
  private static int nextHead(String text, int head) {
    int line = text.indexOf('\n', head) + 1;
    while (line > 0 && line < text.length() && Character.isUpperCase(text.charAt(line))) {
      line = text.indexOf('\n', line) + 1;
    }
    return line <= 0 ? text.length() : line;
  }

  private static Mapping mapping(String block) {
    int lineEnd = block.indexOf('\n');
    if (lineEnd < 0) {
      throw new MalformedProcFileException("a mapping without figures: " + block);
    }
    String[] head = block.substring(0, lineEnd).split(" +", 6);
    int dash = head[0].indexOf('-');
    if (head.length < 5 || dash < 0) {
      throw new MalformedProcFileException("not a mapping: " + block.substring(0, lineEnd));
    }
    try {
      long start = Long.parseUnsignedLong(head[0], 0, dash, 16);
      long end = Long.parseUnsignedLong(head[0], dash + 1, head[0].length(), 16);
      long inode = Long.parseLong(head[4]);
      String name = head.length == 6 ? head[5] : "";
      return new Mapping(
          start,
          end,
          head[1],
          inode,
          name,
          area(
              new KeyValues(block.substring(lineEnd + 1).getBytes(StandardCharsets.ISO_8859_1)),
              head[1].endsWith("s"),
              inode != 0));
    } catch (NumberFormatException e) {
      throw new MalformedProcFileException("not a mapping: " + block.substring(0, lineEnd));
    }
  }

  private static Area area(KeyValues lines, boolean sharedByIntent, boolean file) {
    long sharedClean = lines.requiredKilobytes("Shared_Clean");
    long sharedDirty = lines.requiredKilobytes("Shared_Dirty");
    long anonymous = lines.requiredKilobytes("Anonymous");
    // In a file's mapping clean shared pages are the file's. Fork shares dirty ones, or, where they
    // have come back from swap, clean ones.
    long sharedAnonymous =
        sharedByIntent ? 0 : Math.min(anonymous, file ? sharedDirty : sharedClean + sharedDirty);
    return new Area(
        lines.requiredKilobytes("Rss"),
        lines.requiredKilobytes("Pss"),
        sharedClean,
        sharedDirty,
        lines.requiredKilobytes("Private_Clean"),
        lines.requiredKilobytes("Private_Dirty"),
        anonymous,
        sharedAnonymous,
        lines.requiredKilobytes("LazyFree"),
        lines.requiredKilobytes("Swap"),
        lines.requiredKilobytes("SwapPss"),
        lines.requiredKilobytes("AnonHugePages"),
        lines.requiredKilobytes("Shared_Hugetlb") + lines.requiredKilobytes("Private_Hugetlb"));
  }

  private static AreaKind kind(List<Mapping> mappings, int index) {
    Mapping mapping = mappings.get(index);
    if (mapping.sharedByIntent() && !ordinaryFile(mapping)) {
      return AreaKind.SHARED_MEMORY;
    }
    if (mapping.name().equals("[heap]")) {
      return AreaKind.HEAP;
    }
    if (mapping.name().startsWith("[stack")) {
      return AreaKind.STACKS;
    }
    if (mapping.name().startsWith("[anon:")) {
      return mapping.name().contains("alloc") || mapping.name().contains("arena")
          ? AreaKind.ARENAS
          : AreaKind.ANONYMOUS;
    }
    if (!mapping.anonymous()) {
      return AreaKind.FILES;
    }
    if (arena(mappings, index)) {
      return AreaKind.ARENAS;
    }
    return guarded(mappings, index) ? AreaKind.STACKS : AreaKind.ANONYMOUS;
  }

  private static boolean ordinaryFile(Mapping mapping) {
    String name = mapping.name();
    return mapping.inode() != 0
        && name.startsWith("/")
        && !name.startsWith("/dev/zero")
        && !name.startsWith("/dev/shm/")
        && !name.startsWith("/memfd:")
        && !name.startsWith("/SYSV");
  }

  private static boolean arena(List<Mapping> mappings, int index) {
    Mapping mapping = mappings.get(index);
    if (!mapping.writable()
        || mapping.start() % ARENA_BYTES != 0
        || mapping.bytes() > ARENA_BYTES
        || index + 1 >= mappings.size()) {
      return false;
    }
    Mapping rest = mappings.get(index + 1);
    return rest.unusable()
        && rest.start() == mapping.end()
        && rest.end() == mapping.start() + ARENA_BYTES;
  }

  private static boolean guarded(List<Mapping> mappings, int index) {
    if (index == 0 || !mappings.get(index).writable()) {
      return false;
    }
    Mapping below = mappings.get(index - 1);
    return below.unusable()
        && below.end() == mappings.get(index).start()
        && below.bytes() <= LARGEST_GUARD_BYTES
        // The rest of an arena also lies below whatever comes next.
        && (index < 2 || !arena(mappings, index - 2));
  }
}
