import type { TradingPair, WireSymbol } from '../model/trading-pair.js'

/** Remembered spellings before the table starts over: a venue that sends garbage names must not grow it for ever. */
const maxRemembered = 20_000

/**
 * Wire symbols and the pairs they mean, learned when subscribing and asked on every message.
 * What was not registered is read by `split`, which returns null for a spelling it cannot read.
 */
export class SymbolTable {
  readonly #split: (wireSymbol: string) => TradingPair | null
  readonly #registered = new Map<string, TradingPair>()
  readonly #remembered = new Map<string, TradingPair | null>()

  constructor(split: (wireSymbol: string) => TradingPair | null) {
    this.#split = split
  }

  /** Says for certain what a spelling means. */
  register(pair: TradingPair, wireSymbol: WireSymbol): void {
    this.#registered.set(wireSymbol, pair)
  }

  /** The pair a spelling means; null where it cannot be read. */
  pairOf(wireSymbol: string): TradingPair | null {
    const registered = this.#registered.get(wireSymbol)
    if (registered !== undefined) return registered
    const remembered = this.#remembered.get(wireSymbol)
    if (remembered !== undefined) return remembered
    if (this.#remembered.size >= maxRemembered) this.#remembered.clear()
    const pair = this.#split(wireSymbol)
    this.#remembered.set(wireSymbol, pair)
    return pair
  }
}
