/**
 * The servers, one small class each: how it is configured, started, and asked to let a worker go.
 */
@NullMarked
package io.kidreaper.testbed.server;

import org.jspecify.annotations.NullMarked;
