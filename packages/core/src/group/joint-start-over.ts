import type { Stream } from '../model/stream.js'
import type { ProbeOutcome } from '../stream/silence/silence-watch.js'
import type { Lane } from './lane.js'

/** Who hears of a stream that several connections begin anew. */
export interface JointStartOverListeners {
  /** The subscription has ended on this one, which asks for it anew. */
  onEndedOn(lane: Lane): void
  /** It has ended on each that can still bring it: told once, and not where it could be ended on none. */
  onEnded(): void
  /** It is there again, on this one; told after `onEnded` alone, since nobody missed it before. */
  onAccepted(lane: Lane): void
}

/** Ends the subscription of a stream on each of these connections and begins it anew. */
export async function startOverOnAll(
  stream: Stream,
  lanes: readonly Lane[],
  listeners: JointStartOverListeners,
): Promise<ProbeOutcome> {
  const left = new Set(lanes)
  let hasEnded = false
  let isTold = false
  let accepting: Lane | null = null
  const tell = (): void => {
    if (!hasEnded || left.size > 0) return
    if (!isTold) listeners.onEnded()
    isTold = true
    if (accepting !== null) listeners.onAccepted(accepting)
    accepting = null
  }
  const outcomes = lanes.map(async (lane) => {
    const outcome = await lane.startOver(stream, () => {
      listeners.onEndedOn(lane)
      hasEnded = true
      left.delete(lane)
      tell()
    })
    // Where it could not even be ended, its connection was lost.
    left.delete(lane)
    if (outcome === 'acknowledged') accepting = lane
    tell()
    return outcome
  })
  return bestOf(await Promise.all(outcomes))
}

/** What came of asking on each of several connections. */
export function bestOf(outcomes: readonly ProbeOutcome[]): ProbeOutcome {
  return bestFirst.find((outcome) => outcomes.includes(outcome)) ?? 'over'
}

const bestFirst: readonly ProbeOutcome[] = ['acknowledged', 'unanswered']
