import type { Msg } from '@nats-io/transport-node'
import type { DataMessage } from '@tapewire/core'
import { frameFlags } from '../encoding/frame-header.js'
import { FrameWriter } from '../encoding/frame-writer.js'
import type { Subjects } from '../subjects.js'
import type { Link } from './link.js'
import type { Outlet } from './outlet.js'

/** What the answers of a relay need. */
export interface AnswersParts {
  readonly relay: number
  readonly subjects: Subjects
  readonly link: Link
  now(): number
  /** What else the owner of a stream is to whoever asks: flags of a frame. */
  flagsOf(): number
  isCarried(outlet: Outlet): boolean
  /** The live book of an outlet as a message; null where it has none. */
  snapshotOf(outlet: Outlet): DataMessage | null
}

/** Whoever wants a stream asks its owner for it, and hears from which record on it follows. */
export class Answers {
  asks = 0
  refused = 0
  readonly #parts: AnswersParts
  readonly #writer = new FrameWriter()
  readonly #stops = new Map<Outlet, () => void>()

  constructor(parts: AnswersParts) {
    this.#parts = parts
  }

  /** Listens for whoever asks for a stream that is this relay's, and no longer where it is not. */
  answerFor(outlet: Outlet): void {
    this.#stops.get(outlet)?.()
    this.#stops.delete(outlet)
    if (outlet.owned === null) return
    const { link, subjects } = this.#parts
    const subject = subjects.ask(outlet.relayed)
    this.#stops.set(
      outlet,
      link.listen(subject, null, (ask) => this.#onAsk(ask, outlet)),
    )
  }

  close(): void {
    for (const stop of this.#stops.values()) stop()
    this.#stops.clear()
  }

  #onAsk(ask: Msg, outlet: Outlet): void {
    const { reply } = ask
    if (reply === undefined || reply === '') return
    this.asks += 1
    const { relay, link, now, isCarried: carries, flagsOf, snapshotOf } = this.#parts
    // What waits comes before the answer, so that whoever asked has everything after it.
    outlet.flush()
    const isCarried = carries(outlet)
    if (!isCarried) this.refused += 1
    const writer = this.#writer
    const { epoch, last, stream } = outlet
    const origin = { relay, epoch, sequence: last }
    writer.begin('answer', { ...origin, flags: flagsOf() })
    writer.addAnswer({
      ok: isCarried,
      code: isCarried ? null : 'NOT_CARRIED',
      reason: isCarried ? null : 'The relay does not carry this stream any more.',
      epoch,
      sequence: last,
      status: stream.status,
    })
    link.publishNow(reply, writer.finish(now()))
    const snapshot = isCarried ? snapshotOf(outlet) : null
    if (snapshot === null) return
    writer.begin('data', { ...origin, flags: frameFlags.snapshot })
    writer.addMessage(snapshot)
    link.publishNow(reply, writer.finish(now()))
  }
}
