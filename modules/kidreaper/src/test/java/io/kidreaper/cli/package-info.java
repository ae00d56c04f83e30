/** What people and scripts see. */
@NullMarked
package io.kidreaper.cli;

import org.jspecify.annotations.NullMarked;
