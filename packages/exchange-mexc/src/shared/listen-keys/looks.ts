import type { StreamError } from '@tapewire/core'
import { RegularLook } from '@tapewire/core/adapter'
import { endedKey } from './ended-key.js'
import type { Entry, Keeper } from './entry.js'

/** What looks are made at, and who hears of what they find. */
export interface LooksParts {
  /** The account's keys, by themselves. */
  readonly entries: ReadonlyMap<string, Entry>
  readonly onEnded: (entry: Entry, error: StreamError) => void
  /** MEXC has never listed this key, so that its absence proves nothing. */
  readonly onDoubted: (entry: Entry) => void
}

/**
 * Asks MEXC now and then which listen keys of the account are valid, once for all connections that use any: the connections of a key that has ended stay open and fall silent.
 * Source: MEXC spot v3 API docs, "Listen Key" (`GET /api/v3/userDataStream`); that data stops without a word: ccxt/ccxt issue 26772.
 */
export class Looks {
  readonly #parts: LooksParts
  #present: { readonly by: object; readonly look: RegularLook } | null = null

  constructor(parts: LooksParts) {
    this.#parts = parts
  }

  /** Those who use keys have changed: one of them looks, for all, with its signature and its clock; where nobody wants to, nobody does. */
  review(): void {
    const willing = [...this.#parts.entries.values()]
      .flatMap(({ keepers }) => [...keepers])
      .filter(([, keeper]) => keeper.checkIntervalMs > 0)
    if (willing.some(([lease]) => lease === this.#present?.by)) return
    this.#present?.look.stop()
    this.#present = null
    const [next] = willing
    if (next === undefined) return
    const [by, keeper] = next
    this.#present = { by, look: this.#lookOf(keeper) }
    this.#present.look.start()
  }

  /** As `RegularLook.lookNow`: whoever uses a key that has ended hears of it before this resolves. */
  async lookNow(): Promise<void> {
    await this.#present?.look.lookNow()
  }

  #lookOf({ keys, env, checkIntervalMs: intervalMs }: Keeper): RegularLook {
    return new RegularLook({
      env,
      intervalMs,
      look: async (lookEnv) => {
        const used = this.#used
        const valid = new Set(await keys.list(lookEnv))
        return this.#missing(used, valid)
      },
      onFound: (listenKeys) => {
        const isFound = ({ listenKey }: Entry): boolean => listenKeys.includes(listenKey)
        for (const entry of this.#used.filter(isFound)) this.#parts.onEnded(entry, endedKey('MEXC does not list it'))
      },
      onRefused: (error) => {
        for (const { keepers } of this.#used) for (const { lost } of [...keepers.values()]) lost(error)
      },
    })
  }

  get #used(): readonly Entry[] {
    return [...this.#parts.entries.values()].filter(({ keepers }) => keepers.size > 0)
  }

  /** The keys that MEXC listed before and lists no more. */
  #missing(used: readonly Entry[], valid: ReadonlySet<string>): readonly string[] {
    const missing: string[] = []
    for (const entry of used) {
      if (valid.has(entry.listenKey)) entry.isListed = true
      else if (entry.isListed) missing.push(entry.listenKey)
      else this.#doubt(entry)
    }
    return missing
  }

  #doubt(entry: Entry): void {
    if (entry.isDoubted) return
    entry.isDoubted = true
    this.#parts.onDoubted(entry)
  }
}
