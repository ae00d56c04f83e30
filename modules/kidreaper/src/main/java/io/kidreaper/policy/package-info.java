/** Who should go, and why. Pure: a snapshot in, decisions with their reasons out. */
@NullMarked
package io.kidreaper.policy;

import org.jspecify.annotations.NullMarked;
