/** The exit codes of every process of Atoll: of commands, of workers and for the supervisors that restart them. */
export const EXIT = {
  done: 0,
  /** A defect of Atoll, or what was checked is not what it claims to be. */
  failed: 1,
  /** Trying again cannot help. */
  badInput: 2,
  unreachable: 3,
  /** With more room the same works. */
  diskFull: 4,
  /** After a clean end: a signal, or someone told it to leave. */
  interrupted: 130,
} as const;
