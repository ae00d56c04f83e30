@NullMarked
package io.kidreaper.control;

import org.jspecify.annotations.NullMarked;
