package io.kidreaper.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RssErrorTest {
  /** A counter for each of three kinds of pages, a batch of max(32, 2 CPUs) for each CPU. */
  @ParameterizedTest
  @CsvSource({
    "6.18.44-fc-v595,   2,     0",
    "6.16.0,            64,    0",
    "7.0.1,             64,    0",
    "10.0-rc1,          64,    0",
    "6.15.11,           64,    24576",
    "6.6.12-arch1-1,    2,     192",
    "6.2.0-39-generic,  16,    1536",
    "6.2.0-39-generic,  17,    1734",
    "6.1.0-18-amd64,    64,    192",
    "5.15.0-91-generic, 64,    192",
    "4.19.0,            2,     192",
    "unknown,           64,    24576",
    "'',                2,     192",
  })
  void isAsLargeAsTheKernelsCountersCanLag(String release, int cpus, long pages) {
    assertThat(RssError.pages(release, () -> cpus)).isEqualTo(pages);
  }
}
