import type { Stream } from '@tapewire/core'
import type { Source } from '@tapewire/core/adapter'
import type { WireChannel } from './wire-channel.js'

/** How the pushes of one stream begin, byte for byte: with its name and its symbol. */
export interface PushHead {
  readonly stream: Stream
  readonly wireChannel: WireChannel
  /** Where the name stands, counted from where the push starts, and where the symbol ends. */
  readonly nameStart: number
  readonly nameEnd: number
  readonly length: number
}

/** Of fields 1 and 3, the name and the symbol, whose lengths follow; in one byte, as no name we ask for has 128. */
const nameTag = 0x0a
const symbolTag = 0x1a
const tagBytes = 2

const wordBytes = 4

/**
 * Bytes of a double. Heads are compared so many at a time, as numbers, which differ where their bits do: of NaN and zero alone there are several, and text that
 * we ask for is neither.
 */
const doubleBytes = 8

/** Doubles of an entry: longer heads are not kept. */
const entryDoubles = 16

/** A name has a word here that tells channels apart: behind `spot@public.aggre.`. */
const channelWord = tagBytes + 18

/** Bytes of the shortest name and symbol that are looked for. */
const shortestName = 18 + wordBytes
const shortestSymbol = wordBytes

/**
 * Heads that were met before, by their bytes. A push that begins like one is known to be of its stream, name and symbol both, by one look-up; neither need be read.
 */
export class PushHeads {
  readonly #heads: PushHead[] = []
  /** The bytes of each, `entryDoubles` apart, of which the last overlap those before them. */
  #doubles = new Float64Array(64 * entryDoubles)
  readonly #hashes: number[] = []
  /** Places of heads plus 1, open addressing, at most half full; 0 is a free one. */
  #places = new Int32Array(128)

  /** The head with which these bytes begin; null where it was not learned. */
  find(source: Source, start: number, end: number): PushHead | null {
    const length = headLength(source.bytes, start, end)
    if (length === 0) return null
    const { memory, offset } = source
    const places = this.#places
    const wrap = places.length - 1
    const begin = offset + start
    for (let at = hashOf(source, start, length) & wrap; ; at = (at + 1) & wrap) {
      const place = places[at] as number
      if (place === 0) return null
      const head = this.#heads[place - 1] as PushHead
      if (head.length === length && this.#isSame(memory, begin, place - 1, length)) return head
    }
  }

  /** Keeps what these bytes begin with as the head of a stream, where it is that: its name and its symbol, and nothing else. */
  learn(source: Source, start: number, end: number, stream: Stream, wireChannel: WireChannel): void {
    const { bytes, memory, offset } = source
    const length = headLength(bytes, start, end)
    if (length === 0 || length > entryDoubles * doubleBytes) return
    const nameEnd = start + tagBytes + (bytes[start + 1] as number)
    const symbol = bytes.toString('utf8', nameEnd + tagBytes, start + length)
    if (bytes.toString('utf8', start + tagBytes, nameEnd) !== stream.id || symbol !== stream.wireSymbol) return
    if (this.find(source, start, end) !== null) return
    if (this.#heads.length * 2 >= this.#places.length) this.#grow()
    const entry = this.#heads.length * entryDoubles
    this.#heads.push({ stream, wireChannel, nameStart: tagBytes, nameEnd: nameEnd - start, length })
    for (let index = 0; index < doublesOf(length); index += 1) {
      this.#doubles[entry + index] = memory.getFloat64(offset + start + placeOf(index, length), true)
    }
    this.#hashes.push(hashOf(source, start, length))
    this.#put(this.#heads.length)
  }

  #isSame(memory: DataView, begin: number, place: number, length: number): boolean {
    const doubles = this.#doubles
    let entry = place * entryDoubles
    const last = begin + length - doubleBytes
    for (let at = begin; at < last; at += doubleBytes, entry += 1) {
      if (memory.getFloat64(at, true) !== doubles[entry]) return false
    }
    return memory.getFloat64(last, true) === doubles[entry]
  }

  #put(place: number): void {
    const wrap = this.#places.length - 1
    let at = (this.#hashes[place - 1] as number) & wrap
    while (this.#places[at] !== 0) at = (at + 1) & wrap
    this.#places[at] = place
  }

  #grow(): void {
    const doubles = new Float64Array(this.#doubles.length * 2)
    doubles.set(this.#doubles)
    this.#doubles = doubles
    this.#places = new Int32Array(this.#places.length * 2)
    for (let place = 1; place <= this.#heads.length; place += 1) this.#put(place)
  }
}

/** Bytes of what a push begins with, where that is a name and a symbol of usual lengths; 0 for any other. */
function headLength(bytes: Uint8Array, start: number, end: number): number {
  const nameLength = bytes[start + 1] as number
  const symbol = start + tagBytes + nameLength + tagBytes
  if (bytes[start] !== nameTag || nameLength < shortestName || nameLength > 127 || symbol >= end) return 0
  const symbolLength = bytes[symbol - 1] as number
  const isUsual = bytes[symbol - tagBytes] === symbolTag && symbolLength >= shortestSymbol && symbolLength <= 127
  return isUsual && symbol + symbolLength <= end ? symbol + symbolLength - start : 0
}

/** Of the channel, what follows it last, and the symbol. */
function hashOf({ bytes, memory, offset }: Source, start: number, length: number): number {
  const nameEnd = start + tagBytes + (bytes[start + 1] as number)
  const symbol = nameEnd + tagBytes
  const symbolEnd = start + length
  const middle = symbol + ((symbolEnd - symbol - wordBytes) >> 1)
  let hash = memory.getInt32(offset + start + channelWord, true) ^ length
  hash = Math.imul(hash, spread) ^ memory.getInt32(offset + nameEnd - wordBytes, true)
  hash = Math.imul(hash, spread) ^ memory.getInt32(offset + symbol, true)
  hash = Math.imul(hash, spread) ^ memory.getInt32(offset + middle, true)
  hash = Math.imul(hash, spread) ^ memory.getInt32(offset + symbolEnd - wordBytes, true)
  hash = Math.imul(hash, spread)
  return hash ^ (hash >>> 15)
}

/** Odd, with bits all over: multiplying by it spreads every bit of a word. */
const spread = 0x9e3779b1

function doublesOf(length: number): number {
  return Math.ceil(length / doubleBytes)
}

/** Where a double of a head begins. */
function placeOf(index: number, length: number): number {
  return Math.min(index * doubleBytes, length - doubleBytes)
}
