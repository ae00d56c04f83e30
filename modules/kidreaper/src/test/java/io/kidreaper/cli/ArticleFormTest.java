package io.kidreaper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.memory.ByteSize;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArticleFormTest {
  @ParameterizedTest
  @CsvSource({
    "4711, 157286400, 4711, 157286400",
    "4711, 150M, 4711, 157286400",
    "1, 1, 1, 1",
    "0004711, 1.5K, 4711, 1536",
    "2147483647, 9223372036854775807, 2147483647, 9223372036854775807"
  })
  void twoGoodWordsAreTheForm(String manager, String bytes, int pid, long limit) {
    assertThat(ArticleForm.of(manager, bytes)).contains(new ArticleForm(pid, new ByteSize(limit)));
  }

  /** All these go to the full command line, which says what is wrong with them. */
  @ParameterizedTest
  @CsvSource({
    "0, 100",
    "-1, 100",
    "+1, 100",
    "2147483648, 100",
    "99999999999999999999, 100",
    "\u0661\u0662, 100",
    "12a, 100",
    "'', 100",
    "' 12', 100",
    "reap, 100",
    "12, 0",
    "12, 0M",
    "12, -5",
    "12, 150MB",
    "12, ''",
    "12, x",
    "12, --help"
  })
  void anythingElseIsNot(String manager, String bytes) {
    assertThat(ArticleForm.of(manager, bytes)).isEmpty();
  }

  @Test
  void anyOtherNumberOfWordsIsNot() {
    assertThat(ArticleForm.of()).isEmpty();
    assertThat(ArticleForm.of("12")).isEmpty();
    assertThat(ArticleForm.of("12", "100", "100")).isEmpty();
    assertThat(ArticleForm.of("12", "100", "--help")).isEmpty();
  }
}
