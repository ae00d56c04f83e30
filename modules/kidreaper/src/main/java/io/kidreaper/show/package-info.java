/**
 * The demo as it is shown: a managed pool of the demo's workers, the gateway before it, a load that
 * checks every byte, and what a person sees of it.
 */
@NullMarked
package io.kidreaper.show;

import org.jspecify.annotations.NullMarked;
