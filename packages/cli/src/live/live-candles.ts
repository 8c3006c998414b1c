import type { CandleData } from '@tapewire/core'

const interval: CandleData['interval'] = '1m'
const mostCandles = 300

interface Entry {
  candle: CandleData
  /** The number of its last change. */
  changedAt: number
}

/** The latest candles of one minute of one instrument. Others are not kept. */
export class LiveCandles {
  /** Oldest first. */
  readonly #entries: Entry[] = []
  #changes = 0

  /** Counts up with every candle that was added. */
  get changes(): number {
    return this.#changes
  }

  add(candle: CandleData): void {
    if (candle.interval !== interval) return
    this.#changes += 1
    const entry = { candle, changedAt: this.#changes }
    // It is the last one nearly always; where it is not, the exchange corrects one that is closed.
    let at = this.#entries.length
    while (at > 0 && (this.#entries[at - 1] as Entry).candle.openTime >= candle.openTime) at -= 1
    const isKnown = this.#entries[at]?.candle.openTime === candle.openTime
    this.#entries.splice(at, isKnown ? 1 : 0, entry)
    if (this.#entries.length > mostCandles) this.#entries.shift()
  }

  /** Oldest first. */
  get all(): readonly CandleData[] {
    return this.#entries.map(({ candle }) => candle)
  }

  /** Those that changed after so many changes, oldest first. */
  after(changes: number): readonly CandleData[] {
    return this.#entries.filter(({ changedAt }) => changedAt > changes).map(({ candle }) => candle)
  }
}
