import type { Source } from '@tapewire/core/adapter'

/** Where the names of a channel's streams have the symbol: `…@BTCUSDT@Min1`, `…@100ms@BTCUSDT`, or nowhere, where a stream is of many. */
export type SymbolPlace = 'first' | 'last' | 'none'

const at = '@'.charCodeAt(0)

/** Bytes of a word: names are compared so many at a time, because every push has one. */
const wordBytes = 4

/** What the name of a stream says beside its channel; null for what it does not have. */
export interface NameParts {
  readonly wireSymbol: string | null
  readonly argument: string | null
}

/** One wire channel, as pushes name it: a push carries the name of its stream, which begins with that of the channel. */
export class WireChannel {
  /** `spot@public.aggre.depth.v3.api.pb` */
  readonly name: string
  readonly #length: number
  /** Its bytes, and the last of them once more: the words overlap there. */
  readonly #words: Int32Array
  readonly #lastWord: number
  readonly #place: SymbolPlace

  constructor(name: string, place: SymbolPlace) {
    this.name = name
    const bytes = Buffer.from(name)
    this.#length = bytes.length
    this.#words = Int32Array.from({ length: Math.floor(bytes.length / wordBytes) }, (_, index) =>
      bytes.readInt32LE(index * wordBytes),
    )
    this.#lastWord = bytes.readInt32LE(bytes.length - wordBytes)
    this.#place = place
  }

  /** The name of one of its streams: `spot@public.kline.v3.api.pb@BTCUSDT@Min1`; null stands for what it does not have. */
  streamName(wireSymbol: string | null, argument: string | null): string {
    const parts = this.#place === 'last' ? [argument, wireSymbol] : [wireSymbol, argument]
    return [this.name, ...parts.filter((part) => part !== null)].join('@')
  }

  /** Whether the name of a stream, `start` to `end`, is of this channel, and of the symbol that stands elsewhere in the same bytes. */
  isNamed({ bytes, memory, offset }: Source, start: number, end: number, symbol: number, symbolEnd: number): boolean {
    const behind = start + this.#length
    if (behind > end || memory.getInt32(offset + behind - wordBytes, true) !== this.#lastWord) return false
    const words = this.#words
    for (let index = 0, place = offset + start; index < words.length; index += 1, place += wordBytes) {
      if (memory.getInt32(place, true) !== words[index]) return false
    }
    if (this.#place === 'none') return behind === end || bytes[behind] === at
    const length = symbolEnd - symbol
    const place = this.#place === 'last' ? end - length : behind + 1
    const placeEnd = place + length
    if (length === 0 || place <= behind || placeEnd > end || bytes[behind] !== at || bytes[place - 1] !== at)
      return false
    if (placeEnd !== end && bytes[placeEnd] !== at) return false
    if (length < wordBytes || length > 2 * wordBytes) return isSame(bytes, symbol, bytes, place, length)
    return (
      memory.getInt32(offset + symbol, true) === memory.getInt32(offset + place, true) &&
      memory.getInt32(offset + symbolEnd - wordBytes, true) === memory.getInt32(offset + placeEnd - wordBytes, true)
    )
  }

  /** What a stream's name says beside the channel; null for one of another channel. */
  partsOf(streamName: string): NameParts | null {
    if (!streamName.startsWith(this.name)) return null
    const [nothing, ...parts] = streamName.slice(this.name.length).split('@')
    if (nothing !== '') return null
    const [one = null, other = null] = parts
    if (this.#place === 'none') return { wireSymbol: null, argument: one }
    return this.#place === 'first' ? { wireSymbol: one, argument: other } : { wireSymbol: other, argument: one }
  }
}

/** Whether the name of a stream, `start` to `end`, has this part, which stands in other bytes. */
export function hasPart(
  name: Uint8Array,
  start: number,
  end: number,
  part: Uint8Array,
  partStart: number,
  partEnd: number,
): boolean {
  const length = partEnd - partStart
  for (
    let place = name.indexOf(at, start) + 1;
    place > 0 && place + length <= end;
    place = name.indexOf(at, place) + 1
  ) {
    const isEnd = place + length === end || name[place + length] === at
    if (isEnd && isSame(name, place, part, partStart, length)) return true
  }
  return false
}

function isSame(some: Uint8Array, start: number, others: Uint8Array, otherStart: number, length: number): boolean {
  for (let index = 0; index < length; index += 1) if (some[start + index] !== others[otherStart + index]) return false
  return true
}
