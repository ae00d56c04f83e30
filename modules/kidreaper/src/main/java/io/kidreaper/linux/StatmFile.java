package io.kidreaper.linux;

/**
 * {@code /proc/PID/statm} ({@code proc_pid_statm(5)}): seven numbers, the cheapest look at a
 * process's memory there is.
 *
 * @param sizePages virtual size; 0 for a zombie or a kernel thread, which have no memory any more
 * @param residentPages in RAM
 */
public record StatmFile(long sizePages, long residentPages) {

  static StatmFile parse(byte[] line) {
    return parse(line, line.length);
  }

  static StatmFile parse(byte[] line, int length) {
    Fields fields = new Fields(line, 0, length);
    return new StatmFile(fields.number(1), fields.number(2));
  }
}
