import type { InboundFrame } from '@tapewire/core/adapter'
import { ConnectionLoad } from '../load/connection-load.js'
import { quantile } from '../measure/statistics.js'
import { UsageWindow } from '../measure/usage-window.js'
import type { Workload } from '../workloads/workload.js'
import type { Feed } from './feed.js'

/** What its slices came to, for one message. */
export interface SliceFigures {
  /** Processor time, the lower quartile of the slices: what disturbs one, be it another process or a garbage collection, only makes it longer. */
  readonly nanoseconds: number
  /** On the heap, in the mean: the system counts them by pieces of some kilobytes. */
  readonly allocatedBytes: number
  /** What one reading of the metrics took, in the mean; null where they were not read. */
  readonly readMicroseconds: number | null
}

/** What one feed’s slices took for each message, one by one, and allocated together. */
interface Samples {
  readonly nanoseconds: number[]
  allocatedBytes: number
}

/** Hands the same frames to each feed in turn: some thousand a slice, a few milliseconds, so that all feeds see the same machine. */
export class Slices {
  readonly #feeds: readonly Feed[]
  readonly #load: ConnectionLoad
  /** The one window that all frames are read through, as with a socket. */
  readonly #window: InboundFrame
  /** Where each frame's payload starts. */
  readonly #starts: Uint32Array
  #rounds = 0

  constructor(feeds: readonly Feed[], { streams, venue }: Workload) {
    this.#feeds = feeds
    this.#load = new ConnectionLoad(streams)
    const { block, ends } = this.#load
    this.#starts = ends.map((_end, index) => payloadStart(block, index === 0 ? 0 : (ends[index - 1] as number)))
    this.#window = { bytes: block, start: 0, end: 0, isBinary: venue === 'mexc', receivedAt: 0 }
  }

  /** For so long. The feeds change places after each slice of all of them, so that none is always the first. Throws where a message was not delivered or not read right. */
  async measure(seconds: number): Promise<readonly SliceFigures[]> {
    const samples = this.#feeds.map((): Samples => ({ nanoseconds: [], allocatedBytes: 0 }))
    const deadline = performance.now() + seconds * 1000
    do {
      for (let turn = 0; turn < this.#feeds.length; turn += 1) {
        const index = (turn + this.#rounds) % this.#feeds.length
        this.#slice(this.#feeds[index] as Feed, samples[index] as Samples)
      }
      this.#rounds += 1
      this.#load.renew()
      await nextTurn()
    } while (performance.now() < deadline)
    return samples.map(({ nanoseconds, allocatedBytes }, index) => ({
      nanoseconds: quantile(nanoseconds, 0.25),
      allocatedBytes: allocatedBytes / nanoseconds.length / this.#load.frames,
      readMicroseconds: this.#feeds[index]?.takeReadMicroseconds() ?? null,
    }))
  }

  #slice(feed: Feed, samples: Samples): void {
    const { frames } = this.#load
    feed.checksum = 0
    this.#window.receivedAt = Date.now()
    const usage = new UsageWindow(feed)
    this.#handOver(feed)
    const { messages, cpuSeconds, allocatedBytes } = usage.close()
    samples.nanoseconds.push((cpuSeconds / frames) * 1e9)
    samples.allocatedBytes += allocatedBytes
    feed.assertNoError()
    if (messages !== frames) throw new Error(`Of ${frames} messages ${messages} were delivered.`)
    const sum = this.#load.checksum(frames)
    if (Math.abs(feed.checksum - sum) > Math.abs(sum) * 1e-9) {
      throw new Error(`The messages add up to ${sum}, and what was read of them to ${feed.checksum}.`)
    }
  }

  #handOver(feed: Feed): void {
    const { ends } = this.#load
    const window = this.#window
    for (let index = 0; index < ends.length; index += 1) {
      window.start = this.#starts[index] as number
      window.end = ends[index] as number
      feed.take(window)
    }
  }
}

/** Behind the header of the server's frame that starts at `start` (RFC 6455, section 5.2). */
function payloadStart(block: Buffer, start: number): number {
  const length = block[start + 1] as number
  return start + (length < 126 ? 2 : length === 126 ? 4 : 10)
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
