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

/** FNV-1a, 32 bits. */
function hash(bytes: Uint8Array, start: number, end: number): number {
  let value = 0x811c9dc5
  for (let index = start; index < end; index += 1) value = Math.imul(value ^ (bytes[index] as number), 0x01000193)
  return value ^ (value >>> 15)
}

function isSame(key: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (key.length !== end - start) return false
  for (let index = 0; index < key.length; index += 1) if (key[index] !== bytes[start + index]) return false
  return true
}
