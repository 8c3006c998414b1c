import { closePayload, type FrameForm, serverFrame } from './server-frame.js'

/** A repeatable source of numbers: the same seed, the same numbers. */
export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** 0 (inclusive) to 1 (exclusive); mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number below `bound`. */
  below(bound: number): number {
    return Math.floor(this.next() * bound)
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item
  }

  bytes(length: number): Buffer {
    const bytes = Buffer.alloc(length)
    for (let index = 0; index < length; index += 1) bytes[index] = this.below(256)
    return bytes
  }
}

const edges = [0, 0, 1, 2, 5, 124, 125, 126, 127, 128, 255, 256]
const codes = [999, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1011, 1014, 1015, 1016, 2999, 3000, 4999, 5000]
const reasons = ['', 'bye', 'Grüße', Buffer.from([0xf8]), Buffer.from([0xe1, 0xbd])]

/** Frames as a server might send them: mostly right, sometimes wrong in one place, sometimes not frames at all. */
export function composeStream(dice: Dice): Buffer {
  const parts: Buffer[] = []
  let isContinuing = false
  for (let count = 1 + dice.below(8); count > 0; count -= 1) {
    const kind = dice.next()
    if (kind < 0.62) {
      const isFinal = dice.chance(0.6)
      // Now and then a message begins inside another, or a continuation continues nothing.
      const opcode: number = isContinuing !== dice.chance(0.02) ? 0 : 1 + dice.below(2)
      parts.push(serverFrame(opcode, payload(dice), { ...oddities(dice), isFinal }))
      isContinuing = !isFinal
    } else if (kind < 0.86) {
      parts.push(serverFrame(9 + dice.below(2), dice.bytes(dice.below(dice.chance(0.03) ? 200 : 126)), oddities(dice)))
    } else if (kind < 0.92) {
      const body = dice.chance(0.3) ? dice.bytes(dice.below(3)) : closePayload(dice.pick(codes), dice.pick(reasons))
      parts.push(serverFrame(8, body, oddities(dice)))
    } else if (kind < 0.96) {
      parts.push(serverFrame(dice.below(16), payload(dice), oddities(dice)))
    } else {
      parts.push(dice.bytes(1 + dice.below(20)))
    }
  }
  const stream = Buffer.concat(parts)
  return dice.chance(0.25) ? stream.subarray(0, dice.below(stream.length + 1)) : stream
}

function payload(dice: Dice): Buffer {
  if (dice.chance(0.005)) return Buffer.alloc(65_534 + dice.below(4), 'large')
  if (dice.chance(0.1)) return Buffer.alloc(dice.below(3000), 'medium')
  return dice.bytes(dice.chance(0.5) ? dice.pick(edges) : dice.below(60))
}

/** Usually none. */
function oddities(dice: Dice): FrameForm {
  if (!dice.chance(0.12)) return {}
  const kind = dice.below(6)
  if (kind === 0) return { reserved: dice.pick([0x10, 0x20, 0x40, 0x70]) }
  if (kind === 1) return { isMasked: true }
  if (kind === 2) return { isFinal: false }
  if (kind === 3) return { claimedLength: dice.pick([...edges, 4000, 70_000, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 63]) }
  return { lengthBits: kind === 4 ? 16 : 64 }
}

/** The same bytes in chunks: one, a few, or one for each byte. */
export function cutAnyhow(dice: Dice, bytes: Buffer): Buffer[] {
  const longest = dice.pick([1, 3, 16, 200, 2000, 100_000])
  // Byte by byte is for short streams; a long one would only take long.
  const step = Math.max(longest, Math.ceil(bytes.length / 400))
  const chunks: Buffer[] = []
  for (let start = 0; start < bytes.length; ) {
    const end = Math.min(bytes.length, start + 1 + dice.below(step))
    chunks.push(bytes.subarray(start, end))
    start = end
  }
  return chunks
}
