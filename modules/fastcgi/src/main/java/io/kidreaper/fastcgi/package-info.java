/**
 * The FastCGI 1.0 protocol for Java, with no dependency but the JDK.
 *
 * <p>From the inside out:
 *
 * <ul>
 *   <li>records and their codec: {@link io.kidreaper.fastcgi.FcgiRecord}, {@link
 *       io.kidreaper.fastcgi.RecordDecoder}, {@link io.kidreaper.fastcgi.RecordEncoder}, {@link
 *       io.kidreaper.fastcgi.NameValues}.
 * </ul>
 *
 * <p>"Section" in the documentation of this package is a section of the FastCGI Specification,
 * document version 1.0, of 29 April 1996.
 */
@NullMarked
package io.kidreaper.fastcgi;

import org.jspecify.annotations.NullMarked;
