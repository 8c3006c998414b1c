import type { Want } from '../stream/stream-states.js'

/** A call that asked the exchange for streams. */
export interface SubscribeCall {
  /** What it alone has asked for, and would take back. */
  readonly own: readonly Want[]
  readonly answered: Promise<void>
}

/** The calls that wait. What one of them takes back when it is aborted must not end what another asked for too. */
export class SubscribeCalls {
  readonly #waiting = new Set<{ own: readonly Want[] }>()

  /** A call asks for `wants`, of which `added` were not wanted before. */
  begin(wants: readonly Want[], added: readonly Want[], answers: Promise<void>): SubscribeCall {
    for (const other of this.#waiting) other.own = other.own.filter((want) => !wants.some((one) => isSame(one, want)))
    const call = { own: added }
    this.#waiting.add(call)
    const answered = answers.finally(() => this.#waiting.delete(call))
    return {
      get own() {
        return call.own
      },
      answered,
    }
  }
}

function isSame(one: Want, other: Want): boolean {
  return one.stream === other.stream && one.channel === other.channel && one.instrument === other.instrument
}
