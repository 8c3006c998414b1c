import { coreWaitNs } from '../measure/core-wait.js'

/** One push as one process saw it. */
export interface LoggedPush {
  /** What it says. */
  readonly content: string
  /** When it was first seen, in `process.hrtime`, which all processes of a machine share. */
  readonly atNs: bigint
  /** How long the process had been ready to run until then and had no core, ns; 0 where the system does not say. */
  readonly waitNs: number
  /** How often it was seen, on the connection on which that was most often. */
  readonly times: number
}

type Entry = Omit<LoggedPush, 'content' | 'times'> & { readonly timesBy: Map<object, number> }

/** Which pushes went by in a process, and when. */
export class PushLog {
  readonly #entries = new Map<string, Entry>()

  /** `by` is the connection, where several bring the same. */
  note(content: string, by: object = this): void {
    const atNs = process.hrtime.bigint()
    const known = this.#entries.get(content)
    if (known !== undefined) known.timesBy.set(by, (known.timesBy.get(by) ?? 0) + 1)
    else this.#entries.set(content, { atNs, waitNs: coreWaitNs() ?? 0, timesBy: new Map([[by, 1]]) })
  }

  /** In the order in which they were first seen. */
  get pushes(): readonly LoggedPush[] {
    return [...this.#entries].map(([content, { timesBy, ...seen }]) => ({
      content,
      ...seen,
      times: Math.max(...timesBy.values()),
    }))
  }
}
