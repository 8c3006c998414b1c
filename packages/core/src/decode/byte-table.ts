/** Values by the bytes of a short text, so that a text met before is recognised in the middle of a frame without becoming a string. */
export class ByteTable<Value> {
  /** Open addressing; at most half full. */
  #entries: (Entry<Value> | undefined)[] = new Array(64)
  #mask = 63
  #size = 0

  get size(): number {
    return this.#size
  }

  /** What the bytes `start` to `end` stand for; undefined where nothing was set. */
  get(bytes: Uint8Array, start: number, end: number): Value | undefined {
    return this.#entries[this.#find(bytes, start, end)]?.value
  }

  /** Says what a text stands for. */
  set(text: string, value: Value): void {
    if (this.#size * 2 >= this.#entries.length) this.#grow()
    this.#put(new TextEncoder().encode(text), value)
  }

  #put(key: Uint8Array, value: Value): void {
    const place = this.#find(key, 0, key.length)
    if (this.#entries[place] === undefined) this.#size += 1
    this.#entries[place] = { key, value }
  }

  /** The place of the key, or the free one where it belongs. */
  #find(bytes: Uint8Array, start: number, end: number): number {
    let place = hash(bytes, start, end) & this.#mask
    for (let entry = this.#entries[place]; entry !== undefined; entry = this.#entries[place]) {
      if (isSame(entry.key, bytes, start, end)) break
      place = (place + 1) & this.#mask
    }
    return place
  }

  #grow(): void {
    const entries = this.#entries
    this.#entries = new Array(entries.length * 2)
    this.#mask = this.#entries.length - 1
    this.#size = 0
    for (const entry of entries) if (entry !== undefined) this.#put(entry.key, entry.value)
  }
}

interface Entry<Value> {
  readonly key: Uint8Array
  readonly value: Value
}

/** Odd, with bits all over: multiplying by one spreads every bit of a word. */
const spread = { one: 0x9e3779b1, two: 0x85ebca6b, three: 0xc2b2ae35 } as const

/** Of four bytes at the beginning, in the middle and at the end: of all, up to twelve. Longer texts that differ elsewhere only share a place, and are told apart there. */
function hash(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start
  if (length < 4) return hashOfFew(bytes, start, end)
  const middle = start + ((length - 4) >> 1)
  const ends = Math.imul(wordAt(bytes, start), spread.one) ^ wordAt(bytes, end - 4)
  const value = Math.imul(Math.imul(ends, spread.two) ^ wordAt(bytes, middle), spread.three) ^ length
  return value ^ (value >>> 15)
}

function hashOfFew(bytes: Uint8Array, start: number, end: number): number {
  let value = end - start
  for (let index = start; index < end; index += 1) value = (value << 8) | (bytes[index] as number)
  return Math.imul(value, spread.one) >>> 8
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  )
}

function isSame(key: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (key.length !== end - start) return false
  for (let index = 0; index < key.length; index += 1) if (key[index] !== bytes[start + index]) return false
  return true
}
