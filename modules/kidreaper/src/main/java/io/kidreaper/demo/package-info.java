/** The application of the demo: a FastCGI worker that grows when it is asked to. */
@NullMarked
package io.kidreaper.demo;

import org.jspecify.annotations.NullMarked;
