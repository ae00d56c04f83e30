/**
 * The configuration file: TOML with a head, {@code [defaults]} and a {@code [pool.NAME]} each,
 * every value with its place. It knows no key's meaning: those are the command line's.
 */
@NullMarked
package io.kidreaper.config;

import org.jspecify.annotations.NullMarked;
