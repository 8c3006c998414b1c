/** Chance that repeats: the same seed gives the same numbers, 0 up to but not including 1, on every machine. */
export function createRandom(seed: number): () => number {
  // mulberry32: 32 bits of state, even enough for simulations, not for secrets.
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A whole number from `lowest` to `highest`, both included. */
export function randomInteger(random: () => number, lowest: number, highest: number): number {
  return lowest + Math.floor(random() * (highest - lowest + 1))
}

/** One of `items`, which must not be empty. */
export function randomItem<Item>(random: () => number, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)] as Item
}

/** A 32-bit number that belongs to `text` (FNV-1a): to derive seeds and properties from names. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return hash >>> 0
}
