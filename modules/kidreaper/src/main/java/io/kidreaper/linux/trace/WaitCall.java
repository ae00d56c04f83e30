package io.kidreaper.linux.trace;

/**
 * A wait call that a task is in, or at the entry of.
 *
 * @param number as the architecture counts system calls
 * @param first its first argument
 * @param second its second argument
 */
record WaitCall(long number, long first, long second) {}
