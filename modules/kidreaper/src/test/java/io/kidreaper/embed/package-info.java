/** The embedded manager: its parts, and a program that is run with it. */
@NullMarked
package io.kidreaper.embed;

import org.jspecify.annotations.NullMarked;
