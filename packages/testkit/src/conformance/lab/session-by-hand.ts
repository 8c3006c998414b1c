import type { Instrument } from '@tapewire/core'
import { FeedTrial } from './feed-trial.js'
import type { Lab } from './lab.js'
import type { Stage } from './stage.js'

/** A connection to the emulation on which no manager listens, opened as the adapter opens one. */
export interface SessionByHand {
  readonly stage: Stage
  /** Of the strategies with which it was opened: makes requests for every public channel. */
  readonly trial: FeedTrial
  /** Everything that the emulation has sent on it. */
  readonly frames: readonly (string | Uint8Array)[]
  /** As the emulation names them; empty where it does not tell. */
  readonly streams: readonly string[]
  /** Whether the emulation has ended it. */
  readonly isEnded: boolean
  send(payload: string | Uint8Array): void
}

/** How long a manager may take to open a connection that is then copied, ms. */
const openingMs = 2_000

/** Null where the adapter does not get as far as a connection. The requests of `trial` are of these instruments; default those of the lab. */
export async function openByHand(
  lab: Lab,
  instruments: readonly Instrument[] = lab.instruments,
): Promise<SessionByHand | null> {
  if (lab.publicChannels.length === 0) return null
  const stage = lab.stage({ instruments, levels: 8 })
  const first = new FeedTrial(lab, stage, { instruments: instruments.slice(0, 1) })
  first.manager.initialize(first.request).catch(() => {})
  await stage.pass(openingMs)
  const [copied] = stage.venue.sessions
  if (copied === undefined) return null
  const frames: (string | Uint8Array)[] = []
  let isEnded = false
  const end = (): void => {
    isEnded = true
  }
  const client = { send: (frame: string | Uint8Array) => void frames.push(frame), close: end, terminate: end }
  const session = stage.venue.accept(client, copied.request)
  if ('status' in session) return null
  lab.onClose(() => session.onClose())
  return {
    stage,
    trial: new FeedTrial(lab, stage, { instruments }),
    frames,
    get streams() {
      return session.streams ?? []
    },
    get isEnded() {
      return isEnded
    },
    send: (payload) => session.onMessage(Buffer.from(payload), typeof payload !== 'string'),
  }
}
