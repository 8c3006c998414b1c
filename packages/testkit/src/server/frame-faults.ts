import { randomInteger } from '../random.js'
import type { OutgoingData } from '../venue/venue.js'

/** What a rewriter makes of one outgoing frame: itself, nothing (lost), itself twice (duplicate), or other bytes (corrupt). */
export type FrameRewriter = (data: OutgoingData) => readonly OutgoingData[]

/** Which frames something happens to: so many of those that come next, or a share (0 to 1) of all to come, by the server's seed. 0 of them ends it. */
export type FrameChoice = number | { readonly share: number }

/** Looks at a frame before it is chosen: only those for which it is true count. */
export type FrameMatch = (data: OutgoingData) => boolean

export type FrameFault = 'lose' | 'corrupt' | 'duplicate' | 'reorder'

interface Rule {
  left: number
  readonly share: number
  readonly matches: FrameMatch
}

/** What is done to the frames a server sends, all clients together. */
export class FrameFaults {
  rewriter: FrameRewriter | null = null
  readonly #random: () => number
  readonly #rules = new Map<FrameFault, Rule>()

  constructor(random: () => number) {
    this.#random = random
  }

  /** Throws a `RangeError` for a number or a share that is none. */
  set(fault: FrameFault, choice: FrameChoice, matches: FrameMatch = () => true): void {
    const { left, share } =
      typeof choice === 'number' ? { left: choice, share: 1 } : { left: Number.POSITIVE_INFINITY, share: choice.share }
    if (!(left >= 0) || !(share >= 0 && share <= 1)) {
      throw new RangeError('Frames are chosen by a number, 0 and up, or by a share of 0 to 1.')
    }
    this.#rules.set(fault, { left, share, matches })
  }

  clear(): void {
    this.rewriter = null
    this.#rules.clear()
  }

  /** Passes the frames of one client, which are reordered among themselves. */
  forClient(): FrameRewriter {
    let heldBack: OutgoingData | null = null
    return (data) => {
      if (this.rewriter === null && this.#rules.size === 0 && heldBack === null) return [data]
      return (this.rewriter?.(data) ?? [data]).flatMap((frame) => {
        if (this.#hits('lose', frame)) return []
        const sent = this.#hits('corrupt', frame) ? this.#corrupted(frame) : frame
        if (heldBack === null && this.#hits('reorder', frame)) {
          heldBack = sent
          return []
        }
        const frames = this.#hits('duplicate', frame) ? [sent, sent] : [sent]
        if (heldBack === null) return frames
        const late = heldBack
        heldBack = null
        return [...frames, late]
      })
    }
  }

  #hits(fault: FrameFault, data: OutgoingData): boolean {
    const rule = this.#rules.get(fault)
    if (rule === undefined || rule.left === 0 || !rule.matches(data)) return false
    if (rule.share < 1 && this.#random() >= rule.share) return false
    rule.left -= 1
    return true
  }

  /** The frame with one character or byte of it that cannot be right. */
  #corrupted(data: OutgoingData): OutgoingData {
    if (data.length === 0) return data
    const at = randomInteger(this.#random, 0, data.length - 1)
    if (typeof data === 'string') return `${data.slice(0, at)}\u0000${data.slice(at + 1)}`
    const copy = Buffer.from(data)
    copy[at] = ~(copy[at] as number)
    return copy
  }
}
