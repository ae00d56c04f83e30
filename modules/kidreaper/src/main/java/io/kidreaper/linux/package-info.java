/**
 * The kernel and nothing but it: libc by the Foreign Function and Memory API, /proc, pidfds,
 * ptrace.
 */
@NullMarked
package io.kidreaper.linux;

import org.jspecify.annotations.NullMarked;
