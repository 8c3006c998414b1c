import { readFileSync } from 'node:fs'

/** How long the main thread of this process has been ready to run and had no core, nanoseconds; null where the system does not say. */
export function coreWaitNs(): number | null {
  try {
    // Time on a core, time waiting for one, turns: https://docs.kernel.org/scheduler/sched-stats.html
    return Number(readFileSync('/proc/self/schedstat', 'latin1').split(' ')[1])
  } catch {
    return null
  }
}
