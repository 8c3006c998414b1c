/** What the process ends with. Ctrl-C is how `demo`, `stream` and `record` end, so it leaves them at `done`. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  /** Ctrl-C before the work was done. */
  interrupted: 130,
} as const
