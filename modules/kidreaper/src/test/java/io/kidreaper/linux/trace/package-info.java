/** Tests of the tracer, most of them on real processes. */
@NullMarked
package io.kidreaper.linux.trace;

import org.jspecify.annotations.NullMarked;
