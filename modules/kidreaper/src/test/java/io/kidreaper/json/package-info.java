@NullMarked
package io.kidreaper.json;

import org.jspecify.annotations.NullMarked;
