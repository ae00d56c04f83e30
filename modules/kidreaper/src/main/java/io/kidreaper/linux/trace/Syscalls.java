package io.kidreaper.linux.trace;

import java.util.Set;

/**
 * The numbers of one architecture's system calls that the tracer tells apart.
 *
 * @param accepts accept and accept4: they take a new connection
 * @param waits every call in which a server may wait for a connection, the accepting ones included;
 *     on x86-64 also restart_syscall, which is what a poll becomes once it was stopped (a sleep
 *     becomes it too, so what it waits for must be looked at)
 * @param selects those of them that take a number of descriptors and a set of them
 * @param epollWaits those of them that take an epoll set; what is left takes an array of pollfd
 * @param closes calls by which a process may let go of a connection
 * @param reads calls that read from the descriptor that is their first argument into the buffer
 *     that is their second, and return how much
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
    Set<Long> selects,
    Set<Long> epollWaits,
    Set<Long> closes,
    Set<Long> reads,
    Set<Long> breakable,
    long getdents64,
    long gettid,
    long timerCreate,
    long timerSettime,
    long timerDelete) {}
