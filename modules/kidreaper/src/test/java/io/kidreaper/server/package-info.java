/** Tests that every server is recognised for what it is, by texts and by real processes. */
@NullMarked
package io.kidreaper.server;

import org.jspecify.annotations.NullMarked;
