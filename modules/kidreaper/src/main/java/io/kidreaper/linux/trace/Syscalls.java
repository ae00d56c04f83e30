package io.kidreaper.linux.trace;

import java.util.Set;

/**
 * The numbers of one architecture's system calls that the tracer tells apart.
 *
 * @param accepts accept and accept4: they take a new connection
 * @param waits every call in which a server waits for a connection, the accepting ones included;
 *     also restart_syscall, which is what a poll with a time limit becomes once it was interrupted
 *     (a sleep becomes it too: without a connection held, that is as good)
 * @param closes calls by which a process may let go of a connection
 * @param breakable calls that fail with EINTR when they are interrupted, though no handler runs,
 *     and may be begun again instead without harm (see {@code signal(7)})
 * @param getdents64 reads a directory
 * @param gettid the calling thread's id
 * @param timerCreate makes a timer
 * @param timerSettime arms a timer
 * @param timerDelete removes a timer
 */
record Syscalls(
    Set<Long> accepts,
    Set<Long> waits,
    Set<Long> closes,
    Set<Long> breakable,
    long getdents64,
    long gettid,
    long timerCreate,
    long timerSettime,
    long timerDelete) {}
