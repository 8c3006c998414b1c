/** Where the names of a channel's streams have the symbol: `…@BTCUSDT@Min1`, `…@100ms@BTCUSDT`, or nowhere, where a stream is of many. */
export type SymbolPlace = 'first' | 'last' | 'none'

const at = '@'.charCodeAt(0)

/** What the name of a stream says beside its channel; null for what it does not have. */
export interface NameParts {
  readonly wireSymbol: string | null
  readonly argument: string | null
}

/** One wire channel, as pushes name it: a push carries the name of its stream, which begins with that of the channel. */
export class WireChannel {
  /** `spot@public.aggre.depth.v3.api.pb` */
  readonly name: string
  readonly #bytes: Uint8Array
  readonly #place: SymbolPlace

  constructor(name: string, place: SymbolPlace) {
    this.name = name
    this.#bytes = Buffer.from(name)
    this.#place = place
  }

  /** The name of one of its streams: `spot@public.kline.v3.api.pb@BTCUSDT@Min1`; null stands for what it does not have. */
  streamName(wireSymbol: string | null, argument: string | null): string {
    const parts = this.#place === 'last' ? [argument, wireSymbol] : [wireSymbol, argument]
    return [this.name, ...parts.filter((part) => part !== null)].join('@')
  }

  /** Whether the name of a stream, `start` to `end`, is of this channel, and of the symbol that stands elsewhere in the same bytes. */
  isNamed(bytes: Uint8Array, start: number, end: number, symbol: number, symbolEnd: number): boolean {
    const channel = this.#bytes
    const behind = start + channel.length
    if (behind > end || !isSame(bytes, start, channel, 0, channel.length)) return false
    if (this.#place === 'none') return behind === end || bytes[behind] === at
    const length = symbolEnd - symbol
    const place = this.#place === 'last' ? end - length : behind + 1
    const placeEnd = place + length
    if (length === 0 || place <= behind || placeEnd > end || bytes[behind] !== at || bytes[place - 1] !== at)
      return false
    if (placeEnd !== end && bytes[placeEnd] !== at) return false
    return isSame(bytes, symbol, bytes, place, length)
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
