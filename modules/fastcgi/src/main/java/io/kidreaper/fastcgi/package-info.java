/** The FastCGI 1.0 protocol: record types and their codec. */
@NullMarked
package io.kidreaper.fastcgi;

import org.jspecify.annotations.NullMarked;
