package io.kidreaper.embed;

/** What a process is for. */
public enum Role {
  /** It keeps the workers, and never serves. */
  MANAGER,
  /** It serves. FCGI::ProcManager's role "server". */
  WORKER
}
