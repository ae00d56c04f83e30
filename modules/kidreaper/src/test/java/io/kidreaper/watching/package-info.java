/**
 * {@code kidreaper watch} as a user starts it: the packaged command over real pools, judged by what
 * it says and by what becomes of processes and requests.
 */
@NullMarked
package io.kidreaper.watching;

import org.jspecify.annotations.NullMarked;
