package io.kidreaper.linux.trace;

/**
 * The numbers of the calls that matter when a template is held and forked.
 *
 * @param getRobustList asked by the tracer; all others are made by the task
 */
record ForkCalls(
    long cloneTask,
    long prctl,
    long setsid,
    long setRobustList,
    long getRobustList,
    long pipe2,
    long openat,
    long dup3,
    long close) {}
