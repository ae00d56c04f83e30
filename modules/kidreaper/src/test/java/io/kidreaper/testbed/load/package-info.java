/** Requests in numbers, bounded in count and time, each answer checked to its last byte. */
@NullMarked
package io.kidreaper.testbed.load;

import org.jspecify.annotations.NullMarked;
