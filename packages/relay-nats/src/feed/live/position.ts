import { type FrameHeader, frameFlags } from '../../encoding/frame-header.js'

/** What of a frame is news, and what that says of what came before. */
export type Verdict =
  /** So many of its records, from the first, were told already. */
  | { readonly kind: 'news'; readonly skip: number; readonly fault: string | null; readonly isNewOwner: boolean }
  /** Nothing of it is: it was told, or its relay is not the owner any more. */
  | { readonly kind: 'old'; readonly isForeign: boolean }

const duplicate: Verdict = { kind: 'old', isForeign: false }
const notOwner: Verdict = { kind: 'old', isForeign: true }
const whole: Verdict = { kind: 'news', skip: 0, fault: null, isNewOwner: false }
const taken: Verdict = { kind: 'news', skip: 0, fault: null, isNewOwner: true }
const replaced: Verdict = {
  kind: 'news',
  skip: 0,
  fault: 'Another relay publishes the stream from here on, and did not follow on in order.',
  isNewOwner: true,
}

/** How far a consumer has come on one subject, and whom it listens to: of two relays the one with the greater epoch. */
export class Position {
  relay: number
  epoch: number
  /** The number of the record that comes next. */
  next: number
  /** Records that never came. */
  missing = 0

  constructor({ relay, epoch, sequence }: Pick<FrameHeader, 'relay' | 'epoch' | 'sequence'>) {
    this.relay = relay
    this.epoch = epoch
    this.next = sequence + 1
  }

  copy(): Position {
    const { relay, epoch, next } = this
    return new Position({ relay, epoch, sequence: next - 1 })
  }

  /** Everything up to this record is told in another way. */
  reach(sequence: number): void {
    this.next = Math.max(this.next, sequence + 1)
  }

  /** Moves on by a frame of records. */
  take({ relay, epoch, sequence, count, flags }: FrameHeader): Verdict {
    if (epoch === this.epoch && relay === this.relay) {
      const end = sequence + count
      if (sequence === this.next) {
        this.next = end
        return whole
      }
      if (end <= this.next) return duplicate
      const skip = Math.max(0, this.next - sequence)
      const missing = Math.max(0, sequence - this.next)
      this.missing += missing
      this.next = end
      const fault = missing === 0 ? null : `${missing} records of the relay never came.`
      return { kind: 'news', skip, fault, isNewOwner: false }
    }
    if (epoch < this.epoch || (epoch === this.epoch && relay < this.relay)) return notOwner
    this.relay = relay
    this.epoch = epoch
    this.next = sequence + count
    const isWhole = (flags & frameFlags.continues) !== 0 && sequence === 1
    return isWhole ? taken : replaced
  }
}
