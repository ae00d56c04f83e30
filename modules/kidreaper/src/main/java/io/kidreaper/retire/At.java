package io.kidreaper.retire;

/** At which moment of a worker's life its signal is delivered. */
public enum At {
  /** Only between two requests: it is held there by tracing, so that no request can be cut. */
  BOUNDARY,
  /** Only when it was just seen idle; it is looked at and not touched. */
  IDLE,
  /** At once, whatever it is doing. */
  ANY
}
