/**
 * Processes that kidreaper starts: spawning, what they say, how they end, what they accept. Native
 * calls by the FFM API only.
 */
@NullMarked
package io.kidreaper.linux.process;

import org.jspecify.annotations.NullMarked;
