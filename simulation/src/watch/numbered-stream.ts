/** A span of time, epoch ms. */
interface Span {
  readonly from: number
  readonly to: number
}

/** Numbers that were passed over, each with when it happened: where nobody knows, between the deliveries before and after it. */
interface Hole {
  readonly missing: Map<number, Span>
  /** Those of them that no gap has been told of which covers them. */
  readonly untold: Set<number>
}

/** What is known of one delivery. */
export interface Delivery {
  /** Whether it was fetched, and did not come on the stream. */
  readonly isFetched: boolean
  /** Whether it may leave a hole of which there is no word yet: what is fetched comes in any order. */
  readonly mayTellLater: boolean
  /** Whether the stream counts as live. */
  readonly isLive: boolean
  /** When it was received, epoch ms: handlers may be slow. */
  readonly receivedAt: number
}

/** What was delivered of one stream whose things are numbered one by one, and what was passed over. */
export class NumberedStream {
  /** Whether the stream has said, since it was last live with something delivered, that something may be missing. */
  isGapTold: boolean = false
  /** Drops that were told, and have not been met as numbers passed over. */
  drops: number = 0
  #first = Number.POSITIVE_INFINITY
  #last: number | null = null
  #lastAt = 0
  readonly #delivered = new Set<number>()
  #holes: Hole[] = []
  /** Gaps that were told: one may be told before what follows on it shows the hole. */
  readonly #gaps: Span[] = []
  readonly #timeOf: (id: number) => number | null

  /** `timeOf` says when what has a number happened, epoch ms; null where nobody knows. */
  constructor(timeOf: (id: number) => number | null) {
    this.#timeOf = timeOf
  }

  /** The highest number delivered; null before the first. */
  get last(): number | null {
    return this.#last
  }

  has(id: number): boolean {
    return this.#delivered.has(id)
  }

  /** The last number that was passed over and is in no gap that was told; null where there is none. */
  get untoldHole(): number | null {
    const untold = this.#holes.flatMap((hole) => [...hole.untold])
    return untold.length === 0 ? null : Math.max(...untold)
  }

  /** Notes a delivery; says what is wrong with it, null where nothing is. */
  take(id: number, { isFetched, mayTellLater, isLive, receivedAt }: Delivery): string | null {
    if (this.#delivered.has(id)) return 'was delivered twice'
    this.#delivered.add(id)
    const last = this.#last
    let fault: string | null = null
    if (last === null) this.#first = id
    else if (id > last) fault = this.#passOver(last, id, receivedAt, mayTellLater)
    else if (!this.#fill(id) && id > this.#first) return 'came out of its turn'
    if (last === null || id > last) {
      this.#last = id
      this.#lastAt = receivedAt
    }
    if (isLive && !isFetched) this.isGapTold = false
    return fault
  }

  /** A gap was told; with `isWhole`, that all of it was fetched. Returns a number in it that was not delivered all the same; null where there is none. */
  tellGap(from: number, to: number | null, isWhole: boolean): number | null {
    const gap = { from, to: to ?? Number.POSITIVE_INFINITY }
    this.#gaps.push(gap)
    for (const { missing, untold } of this.#holes) {
      for (const [number, span] of missing) {
        if (!meet(gap, span)) continue
        untold.delete(number)
        if (isWhole) return number
      }
    }
    return null
  }

  #passOver(last: number, id: number, receivedAt: number, mayTellLater: boolean): string | null {
    const count = id - last - 1
    if (count === 0) return null
    if (!mayTellLater && !this.isGapTold && this.drops === 0)
      return `came after ${count} others that were lost without a word`
    const between = { from: this.#lastAt, to: receivedAt }
    const missing = new Map<number, Span>()
    for (let number = last + 1; number < id; number += 1) {
      const time = this.#timeOf(number)
      missing.set(number, time === null ? between : { from: time, to: time })
    }
    // A drop is told of by itself.
    const isCovered = (span: Span): boolean => this.drops > 0 || this.#gaps.some((gap) => meet(gap, span))
    const untold = [...missing].filter(([, span]) => !isCovered(span)).map(([number]) => number)
    this.#holes.push({ missing, untold: new Set(untold) })
    this.drops = Math.max(0, this.drops - count)
    return null
  }

  #fill(id: number): boolean {
    return this.#holes.some(({ missing, untold }) => {
      untold.delete(id)
      return missing.delete(id)
    })
  }
}

function meet(one: Span, other: Span): boolean {
  return other.to >= one.from && other.from <= one.to
}
