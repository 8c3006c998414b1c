import type { TradingPair, WireSymbol } from '../model/trading-pair.js'

/** Spellings nobody registered that are read at all, several times what a venue lists: garbage names must not grow this table, nor that of the pairs, for ever. */
const maxRemembered = 20_000

/**
 * Wire symbols and the pairs they mean, learned when subscribing and asked on every message.
 * What was not registered is read by `split`, which returns null for a spelling it cannot read.
 */
export class SymbolTable {
  readonly #split: (wireSymbol: string) => TradingPair | null
  readonly #registered = new Map<string, TradingPair>()
  readonly #remembered = new Map<string, TradingPair | null>()
  /** Open addressing over the bytes of each spelling; at most half full. */
  #spellings: (Spelling | undefined)[] = new Array(64)
  #spellingCount = 0
  #mask = 63

  constructor(split: (wireSymbol: string) => TradingPair | null) {
    this.#split = split
  }

  /** Says for certain what a spelling means. */
  register(pair: TradingPair, wireSymbol: WireSymbol): void {
    this.#registered.set(wireSymbol, pair)
    this.#learn(Buffer.from(wireSymbol), pair)
  }

  /** The pair spelt by the bytes `start` to `end`; one that was met before costs no string. Null where it cannot be read. */
  pairAt(bytes: Buffer, start: number, end: number): TradingPair | null {
    let slot = hash(bytes, start, end) & this.#mask
    for (let spelling = this.#spellings[slot]; spelling !== undefined; spelling = this.#spellings[slot]) {
      if (isSame(spelling.bytes, bytes, start, end)) return spelling.pair
      slot = (slot + 1) & this.#mask
    }
    const pair = this.pairOf(bytes.toString('utf8', start, end))
    if (pair !== null && this.#spellingCount < maxRemembered) this.#learn(Buffer.from(bytes.subarray(start, end)), pair)
    return pair
  }

  /** The pair a spelling means; null where it cannot be read. */
  pairOf(wireSymbol: string): TradingPair | null {
    const registered = this.#registered.get(wireSymbol)
    if (registered !== undefined) return registered
    const remembered = this.#remembered.get(wireSymbol)
    if (remembered !== undefined) return remembered
    if (this.#remembered.size >= maxRemembered) return null
    const pair = this.#split(wireSymbol)
    this.#remembered.set(wireSymbol, pair)
    return pair
  }

  #learn(bytes: Buffer, pair: TradingPair): void {
    if (this.#spellingCount * 2 >= this.#spellings.length) this.#grow()
    let slot = hash(bytes, 0, bytes.length) & this.#mask
    for (let known = this.#spellings[slot]; known !== undefined; known = this.#spellings[slot]) {
      if (isSame(known.bytes, bytes, 0, bytes.length)) {
        known.pair = pair
        return
      }
      slot = (slot + 1) & this.#mask
    }
    this.#spellings[slot] = { bytes, pair }
    this.#spellingCount += 1
  }

  #grow(): void {
    const known = this.#spellings
    this.#spellings = new Array(known.length * 2)
    this.#mask = this.#spellings.length - 1
    this.#spellingCount = 0
    for (const spelling of known) if (spelling !== undefined) this.#learn(spelling.bytes, spelling.pair)
  }
}

interface Spelling {
  readonly bytes: Buffer
  pair: TradingPair
}

/** FNV-1a, 32 bits. */
function hash(bytes: Buffer, start: number, end: number): number {
  let value = 0x811c9dc5
  for (let index = start; index < end; index += 1) value = Math.imul(value ^ (bytes[index] as number), 0x01000193)
  return value ^ (value >>> 15)
}

function isSame(spelling: Buffer, bytes: Buffer, start: number, end: number): boolean {
  if (spelling.length !== end - start) return false
  for (let index = 0; index < spelling.length; index += 1) if (spelling[index] !== bytes[start + index]) return false
  return true
}
