/**
 * The FastCGI 1.0 protocol for Java, with no dependency but the JDK.
 *
 * <p>From the inside out:
 *
 * <ul>
 *   <li>records and their codec: {@link io.kidreaper.fastcgi.FcgiRecord}, {@link
 *       io.kidreaper.fastcgi.RecordDecoder}, {@link io.kidreaper.fastcgi.RecordEncoder}, {@link
 *       io.kidreaper.fastcgi.NameValues};
 *   <li>the two ends of a connection as pure state machines, bytes in and events out: {@link
 *       io.kidreaper.fastcgi.ResponderProtocol} and {@link io.kidreaper.fastcgi.ClientProtocol};
 *   <li>what most programs use: {@link io.kidreaper.fastcgi.FastCgiServer} and {@link
 *       io.kidreaper.fastcgi.FastCgiClient}.
 * </ul>
 *
 * <p>"Section" in the documentation of this package is a section of the FastCGI Specification,
 * document version 1.0, of 29 April 1996.
 */
@NullMarked
package io.kidreaper.fastcgi;

import org.jspecify.annotations.NullMarked;
