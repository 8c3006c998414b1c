import type { KeyTable } from '../tables/key-table.js'

/** Who counts towards one limit, and with how many places. */
type Holders = Readonly<Record<string, number>>

export interface TallyParts {
  /** Forgets nothing. */
  readonly table: KeyTable
  /** The limit's key in it: what it is of, an address or an account, and of which exchange. */
  readonly key: string
  /** Most places that all holders have together, 1 and up. */
  readonly limit: number
  /** Whether a holder is gone for good: the table of members itself said that it has forgotten it, and no holder gets that name again. Rejects where nobody says. */
  isDead(holder: string): Promise<boolean>
}

/** How often a change is tried again where others were faster. */
const mostTries = 20

/**
 * Places under one limit, counted by compare-and-set: one entry of a table holds who has how many, so the sum can never be more than the limit whoever writes when. Whoever finds no
 * room removes the places of holders that are gone.
 */
export class Tally {
  readonly #parts: TallyParts
  #taken: number | null = null

  constructor(parts: TallyParts) {
    this.#parts = parts
  }

  /** How many places all holders had together when the table was read last; null before that. */
  get taken(): number | null {
    return this.#taken
  }

  /** Reads the table. Rejects where it does not say. */
  async look(): Promise<void> {
    const entry = await this.#parts.table.get(this.#parts.key)
    this.#taken = entry === null ? 0 : sumOf(readHolders(entry.value))
  }

  /**
   * Takes places for a holder, as many as there are and no more than `places`; `reserve` of the limit are left free. Resolves to how many it took. Rejects where the table does not say: then
   * they may have been taken, and are counted as taken until `set` says otherwise.
   */
  async take(holder: string, places: number, reserve: number): Promise<number> {
    let taken = 0
    await this.#change(holder, async (holders) => {
      const room = (of: Holders): number => this.#parts.limit - reserve - sumOf(of)
      const living = room(holders) < places ? await this.#living(holders) : holders
      taken = Math.max(0, Math.min(places, room(living)))
      return taken === 0 ? living : { ...living, [holder]: (living[holder] ?? 0) + taken }
    })
    return taken
  }

  /** Says how many places a holder has, which is fewer than the table may think, or as many: what it gives back, or what it is left with after an answer was lost. */
  async set(holder: string, places: number): Promise<void> {
    await this.#change(holder, async (holders) => {
      const { [holder]: known = 0, ...others } = holders
      const left = Math.min(known, places)
      return left === 0 ? others : { ...others, [holder]: left }
    })
  }

  async #change(holder: string, next: (holders: Holders) => Promise<Holders>): Promise<void> {
    const { table, key } = this.#parts
    for (let attempt = 0; attempt < mostTries; attempt += 1) {
      const entry = await table.get(key)
      const before = entry === null ? {} : readHolders(entry.value)
      const after = await next(before)
      this.#taken = sumOf(before)
      if (after === before) return
      const value = JSON.stringify(after)
      const revision = entry === null ? await table.create(key, value) : await table.update(key, value, entry.revision)
      if (revision === null) continue
      this.#taken = sumOf(after)
      return
    }
    throw new Error(`Others changed ${key} each time that ${holder} wanted to.`)
  }

  async #living(holders: Holders): Promise<Holders> {
    const names = Object.keys(holders)
    const dead = await Promise.all(names.map((name) => this.#parts.isDead(name)))
    if (!dead.includes(true)) return holders
    return Object.fromEntries(Object.entries(holders).filter((_, index) => dead[index] !== true))
  }
}

function sumOf(holders: Holders): number {
  return Object.values(holders).reduce((sum, places) => sum + places, 0)
}

/** Throws for what no member of ours wrote: whoever counted on from nothing would let more through than the limit. */
function readHolders(text: string): Holders {
  const value: unknown = JSON.parse(text)
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (!isRecord || !Object.values(value).every((places) => Number.isSafeInteger(places) && places > 0))
    throw new Error('The entry of a limit holds no places.')
  return value as Holders
}
