/** Numbers that were passed over, and when: between the deliveries before and after them. */
interface Hole {
  readonly numbers: Set<number>
  readonly after: number
  readonly noticed: number
  isTold: boolean
}

/** What is known of one delivery. */
export interface Delivery {
  /** Whether it was fetched, and did not come on the stream. */
  readonly isFetched: boolean
  /** Whether it may leave a hole of which there is no word yet: what is fetched comes in any order. */
  readonly mayTellLater: boolean
  /** Whether the stream counts as live. */
  readonly isLive: boolean
  readonly now: number
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
  readonly #gaps: { readonly from: number; readonly to: number }[] = []

  /** The highest number delivered; null before the first. */
  get last(): number | null {
    return this.#last
  }

  has(id: number): boolean {
    return this.#delivered.has(id)
  }

  /** The last number of a hole of which nothing but a state was told; null where there is none. */
  get untoldHole(): number | null {
    const hole = this.#holes.find(({ numbers, isTold }) => numbers.size > 0 && !isTold)
    return hole === undefined ? null : Math.max(...hole.numbers)
  }

  /** Notes a delivery; says what is wrong with it, null where nothing is. */
  take(id: number, { isFetched, mayTellLater, isLive, now }: Delivery): string | null {
    if (this.#delivered.has(id)) return 'was delivered twice'
    this.#delivered.add(id)
    const last = this.#last
    let fault: string | null = null
    if (last === null) this.#first = id
    else if (id > last) fault = this.#passOver(last, id, now, mayTellLater)
    else if (!this.#fill(id) && id > this.#first) return 'came out of its turn'
    if (last === null || id > last) {
      this.#last = id
      this.#lastAt = now
    }
    if (isLive && !isFetched) this.isGapTold = false
    return fault
  }

  /** A gap was told; with `isWhole`, that all of it was fetched. Returns a number in it that was not delivered all the same; null where there is none. */
  tellGap(from: number, to: number | null, isWhole: boolean): number | null {
    const gap = { from, to: to ?? Number.POSITIVE_INFINITY }
    this.#gaps.push(gap)
    for (const hole of this.#holes) {
      if (!meet(gap, hole)) continue
      hole.isTold = true
      const [missing] = hole.numbers
      if (isWhole && missing !== undefined) return missing
    }
    return null
  }

  #passOver(last: number, id: number, now: number, mayTellLater: boolean): string | null {
    const missing = id - last - 1
    if (missing === 0) return null
    if (!mayTellLater && !this.isGapTold && this.drops === 0)
      return `came after ${missing} others that were lost without a word`
    const numbers = new Set(Array.from({ length: missing }, (_, index) => last + 1 + index))
    // A drop is told of by itself.
    const span = { after: this.#lastAt, noticed: now }
    const isTold = this.drops > 0 || this.#gaps.some((gap) => meet(gap, span))
    this.#holes.push({ ...span, numbers, isTold })
    this.drops = Math.max(0, this.drops - missing)
    return null
  }

  #fill(id: number): boolean {
    return this.#holes.some(({ numbers }) => numbers.delete(id))
  }
}

function meet(gap: { readonly from: number; readonly to: number }, hole: Pick<Hole, 'after' | 'noticed'>): boolean {
  return hole.noticed >= gap.from && hole.after <= gap.to
}
