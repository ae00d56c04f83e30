package io.kidreaper.linux.trace;

import java.util.Set;

/**
 * The numbers of the calls that matter when a template is held and forked.
 *
 * @param polls poll and ppoll, where they exist
 * @param selects select and pselect6, where they exist
 * @param epolls every call that waits at an epoll instance
 * @param getRobustList asked by the tracer; all others are made by the task
 */
record ForkCalls(
    Set<Long> polls,
    Set<Long> selects,
    Set<Long> epolls,
    long cloneTask,
    long prctl,
    long setsid,
    long setRobustList,
    long getRobustList,
    long pipe2,
    long openat,
    long dup3,
    long close) {}
