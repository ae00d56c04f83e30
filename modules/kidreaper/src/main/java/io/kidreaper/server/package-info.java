/**
 * What kidreaper knows of particular servers: how to recognise one, which signal retires one
 * worker.
 */
@NullMarked
package io.kidreaper.server;

import org.jspecify.annotations.NullMarked;
