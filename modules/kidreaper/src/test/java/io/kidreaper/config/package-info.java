@NullMarked
package io.kidreaper.config;

import org.jspecify.annotations.NullMarked;
