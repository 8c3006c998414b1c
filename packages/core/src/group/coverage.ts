import type { Stream } from '../model/stream.js'
import { type LaneNumber, otherLane, type PerLane } from './merge/row.js'

/**
 * Since when each of two lanes has brought each stream without a break. That one is dead may be noticed when the other, which was away meanwhile, is long back: what happened while neither
 * brought anything is missing, and nothing shows it any more.
 */
export class Coverage {
  readonly #since: PerLane<Map<Stream, number>> = [new Map(), new Map()]

  /** The lane brings these from now on; those that it brings already, it has brought without a break. */
  begin(lane: LaneNumber, streams: readonly Stream[], now: number): void {
    const since = this.#since[lane]
    for (const stream of streams) if (!since.has(stream)) since.set(stream, now)
  }

  /** The lane brings these no longer, or begins them anew. */
  end(lane: LaneNumber, streams: readonly Stream[]): void {
    for (const stream of streams) this.#since[lane].delete(stream)
  }

  /** Whether the other lane has brought the stream without a break since then, epoch ms. */
  isBeside(lane: LaneNumber, stream: Stream, since: number): boolean {
    const begun = this.#since[otherLane(lane)].get(stream)
    return begun !== undefined && begun <= since
  }
}
