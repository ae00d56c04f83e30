/**
 * A Java program that is its own process manager, as Perl programs are with FCGI::ProcManager:
 * {@link io.kidreaper.embed.ProcManager}.
 */
@NullMarked
package io.kidreaper.embed;

import org.jspecify.annotations.NullMarked;
