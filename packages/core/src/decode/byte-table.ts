/** Words of an entry: length and three words of its key, where the whole key is kept, and the place of its value plus 1; 0 is a free entry. */
const entryWords = 8
const firstWord = 1
const middleWord = 2
const lastWord = 3
const keyWord = 4
const valueWord = 5

/** So many bytes are all in the three words. */
const wholeInWords = 12

/**
 * Values by the bytes of a short text, so that a text met before is recognised in the middle of a frame without becoming a string.
 *
 * An entry holds what tells its key from others, within one line of the processor's cache: where a thousand texts are met in turn, memory is what a look-up
 * waits for.
 */
export class ByteTable<Value> {
  /** Open addressing; at most half full. */
  #entries = new Int32Array(64 * entryWords)
  /** The bytes of all keys, one behind the other. */
  #keys = new Uint8Array(512)
  #keysEnd = 0
  /** In the order in which their keys were set first. */
  readonly #values: Value[] = []

  get size(): number {
    return this.#values.length
  }

  /** What the bytes `start` to `end` stand for; undefined where nothing was set. */
  get(bytes: Uint8Array, start: number, end: number): Value | undefined {
    const place = this.#entries[this.#find(bytes, start, end) + valueWord] as number
    return place === 0 ? undefined : this.#values[place - 1]
  }

  /** Says what a text stands for. */
  set(text: string, value: Value): void {
    if (this.size * entryWords * 2 >= this.#entries.length) this.#grow()
    const key = new TextEncoder().encode(text)
    const entry = this.#find(key, 0, key.length)
    const known = this.#entries[entry + valueWord] as number
    if (known !== 0) {
      this.#values[known - 1] = value
      return
    }
    this.#values.push(value)
    const words = [
      key.length,
      wordOf(key, 0, key.length, 0),
      wordOf(key, 0, key.length, 1),
      wordOf(key, 0, key.length, 2),
    ]
    this.#entries.set([...words, this.#keep(key), this.size], entry)
  }

  /** Where the entry of a key begins, or the free one where it belongs. */
  #find(bytes: Uint8Array, start: number, end: number): number {
    const entries = this.#entries
    const length = end - start
    const first = wordOf(bytes, start, end, 0)
    const middle = wordOf(bytes, start, end, 1)
    const last = wordOf(bytes, start, end, 2)
    const wrap = entries.length - 1
    let entry = (hash(length, first, middle, last) * entryWords) & wrap
    for (; entries[entry + valueWord] !== 0; entry = (entry + entryWords) & wrap) {
      const difference =
        ((entries[entry] as number) ^ length) |
        ((entries[entry + firstWord] as number) ^ first) |
        ((entries[entry + middleWord] as number) ^ middle) |
        ((entries[entry + lastWord] as number) ^ last)
      if (difference !== 0) continue
      if (length <= wholeInWords || this.#isKey(entries[entry + keyWord] as number, bytes, start, end)) break
    }
    return entry
  }

  #isKey(key: number, bytes: Uint8Array, start: number, end: number): boolean {
    for (let at = start, kept = key; at < end; at += 1, kept += 1) if (this.#keys[kept] !== bytes[at]) return false
    return true
  }

  /** Adds the bytes of a key, and returns where they begin. */
  #keep(key: Uint8Array): number {
    const begin = this.#keysEnd
    this.#keysEnd += key.length
    if (this.#keysEnd > this.#keys.length) {
      const keys = new Uint8Array(this.#keysEnd * 2)
      keys.set(this.#keys)
      this.#keys = keys
    }
    this.#keys.set(key, begin)
    return begin
  }

  #grow(): void {
    const entries = new Int32Array(this.#entries.length * 2)
    const wrap = entries.length - 1
    for (let from = 0; from < this.#entries.length; from += entryWords) {
      const words = this.#entries.subarray(from, from + entryWords)
      if (words[valueWord] === 0) continue
      const [length, first, middle, last] = words as unknown as readonly [number, number, number, number]
      let entry = (hash(length, first, middle, last) * entryWords) & wrap
      while (entries[entry + valueWord] !== 0) entry = (entry + entryWords) & wrap
      entries.set(words, entry)
    }
    this.#entries = entries
  }
}

/** A word of a text's bytes: its first four, those in its middle, its last; of a usual symbol that is all of them. */
function wordOf(bytes: Uint8Array, start: number, end: number, which: 0 | 1 | 2): number {
  const length = end - start
  if (length < 4 || length > wholeInWords) return unusualWordOf(bytes, start, end, which)
  return wordAt(bytes, which === 0 ? start : which === 1 ? start + ((length - 4) >> 1) : end - 4)
}

/**
 * Texts longer than three words have eight bytes of their beginning, and of their end, mixed into one: names of streams often begin alike, or end so. Shorter ones
 * than a word have one, of all their bytes.
 */
function unusualWordOf(bytes: Uint8Array, start: number, end: number, which: 0 | 1 | 2): number {
  const length = end - start
  if (length < 4) return which === 0 ? fewBytes(bytes, start, end) : 0
  if (which === 1) return wordAt(bytes, start + ((length - 4) >> 1))
  const at = which === 0 ? start : end - 8
  return wordAt(bytes, at) ^ Math.imul(wordAt(bytes, at + 4), spread.three)
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  )
}

function fewBytes(bytes: Uint8Array, start: number, end: number): number {
  let word = 0
  for (let at = start; at < end; at += 1) word = (word << 8) | (bytes[at] as number)
  return word
}

/** Odd, with bits all over: multiplying by one spreads every bit of a word. */
const spread = { one: 0x9e3779b1, two: 0x85ebca6b, three: 0xc2b2ae35 } as const

/** Texts that differ in no word only share a place, and are told apart there. */
function hash(length: number, first: number, middle: number, last: number): number {
  const ends = Math.imul(first, spread.one) ^ last
  const value = Math.imul(Math.imul(ends, spread.two) ^ middle, spread.three) ^ length
  return value ^ (value >>> 15)
}
