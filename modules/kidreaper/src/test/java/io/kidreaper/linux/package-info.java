/** The kernel's texts, as this kernel and others write them. */
@NullMarked
package io.kidreaper.linux;

import org.jspecify.annotations.NullMarked;
