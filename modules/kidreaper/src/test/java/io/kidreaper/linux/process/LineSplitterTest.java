package io.kidreaper.linux.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineSplitterTest {
  private final List<String> out = new ArrayList<>();

  /** A piece that goes on is shown with an arrow. */
  private LineSplitter splitter(int maxBytes) {
    return new LineSplitter(maxBytes, (text, continues) -> out.add(continues ? text + "→" : text));
  }

  @Test
  void givesLinesAsTheyEndAndTheUnfinishedOneAtTheEnd() {
    LineSplitter splitter = splitter(100);
    feed(splitter, "one\ntw");
    assertThat(out).containsExactly("one");
    feed(splitter, "o\r\n\nlast words");
    assertThat(out).containsExactly("one", "two", "");
    splitter.flush();
    splitter.flush();
    assertThat(out).containsExactly("one", "two", "", "last words");
  }

  @Test
  void cutsALongLineInPiecesAndNeverInsideACharacter() {
    LineSplitter splitter = splitter(4);
    feed(splitter, "abcdefgh\nabc😀ü€\n12345");
    splitter.flush();
    assertThat(out).containsExactly("abcd→", "efgh", "abc→", "😀→", "ü→", "€", "1234→", "5");
  }

  @Test
  void spellsOutWhatATerminalWouldObeyAndWhatIsNoText() {
    LineSplitter splitter = splitter(100);
    feed(splitter, "a\tb\u001b[31mred\u0007\u0085\n");
    splitter.feed(new byte[] {(byte) 0xff, 'x', '\n'}, 3);
    assertThat(out).containsExactly("a\tb\\x1b[31mred\\x07\\x85", "\ufffdx");
  }

  @Test
  void doesNotMindBytesThatNeverMakeACharacter() {
    LineSplitter splitter = splitter(4);
    byte[] continuations = new byte[1000];
    Arrays.fill(continuations, (byte) 0x80);
    splitter.feed(continuations, continuations.length);
    splitter.flush();
    assertThat(String.join("", out).replace("→", "")).hasSize(1000);
  }

  @Test
  void anyCutOfTheBytesGivesTheSameLines() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] bytes =
        "first\nzweite Zeile: grün\n\n€uro €uro €uro €uro\nno end".getBytes(StandardCharsets.UTF_8);
    LineSplitter whole = splitter(11);
    whole.feed(bytes, bytes.length);
    whole.flush();
    List<String> expected = List.copyOf(out);
    for (int round = 0; round < 200; round++) {
      out.clear();
      LineSplitter cut = splitter(11);
      int at = 0;
      while (at < bytes.length) {
        int to = Math.min(bytes.length, at + 1 + random.nextInt(7));
        byte[] part = Arrays.copyOfRange(bytes, at, to);
        cut.feed(part, part.length);
        at = to;
      }
      cut.flush();
      assertThat(out).as("seed %d, round %d", seed, round).isEqualTo(expected);
    }
  }

  private static void feed(LineSplitter splitter, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    splitter.feed(bytes, bytes.length);
  }
}
