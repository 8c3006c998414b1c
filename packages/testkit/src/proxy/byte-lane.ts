import type { Clock, Timer } from '@tapewire/core'
import { type CutKind, healthy, type LaneRules } from './lane-rules.js'

/** Bytes that wait before no more are read: a network does not keep more either, and the sender has to wait. */
export const maxWaitingBytes: number = 256 * 1024

/** On a slow line bytes leave in pieces that take this long, ms. */
const slowPieceMs = 10

/** How the sender's half of a connection ends. */
export type LaneEnd = 'end' | 'reset'

/** Where a lane leads to. */
export interface LaneTarget {
  /** False where nothing more should be written until `ByteLane.drained()`. */
  write(bytes: Buffer): boolean
  finish(how: LaneEnd): void
}

/** Who hears of a lane. */
export interface LaneOwner {
  /** Whether more should be read for it. */
  setReading(isReading: boolean): void
  onCut(how: CutKind): void
  /** Its counts have changed. */
  onChange(): void
}

/** What a lane lives by. */
export interface LaneEnv {
  readonly clock: Clock
  readonly random: () => number
  /** Calls back with the next turn of the event loop. */
  readonly nextTurn: (callback: () => void) => void
}

/** How many bytes came, went on, were lost, and wait. */
export interface LaneCounts {
  readonly receivedBytes: number
  readonly passedBytes: number
  readonly lostBytes: number
  readonly waitingBytes: number
}

interface Waiting {
  /** Bytes, or the end behind them. */
  content: Buffer | LaneEnd
  dueAt: number
}

/** One direction of a connection: bytes come in order and leave in order, when and as far as the rules let them. */
export class ByteLane implements LaneCounts {
  receivedBytes = 0
  passedBytes = 0
  lostBytes = 0
  waitingBytes = 0
  readonly #target: LaneTarget
  readonly #owner: LaneOwner
  readonly #env: LaneEnv
  #rules: LaneRules = healthy
  #isDead = false
  #cutIn = Number.POSITIVE_INFINITY
  #corruptIn = Number.POSITIVE_INFINITY
  readonly #queue: Waiting[] = []
  /** When the line is free for the next piece. */
  #freeAt = 0
  #timer: Timer | null = null
  /** The target takes no more for now, or the last piece has yet to have its turn. */
  #isFull = false
  #isTurnTaken = false
  #isReading = true

  constructor(target: LaneTarget, owner: LaneOwner, env: LaneEnv) {
    this.#target = target
    this.#owner = owner
    this.#env = env
  }

  /** Changes these rules, for what waits as well. A cut after 0 bytes is now. */
  apply(rules: Partial<LaneRules>): void {
    this.#rules = { ...this.#rules, ...rules }
    if (rules.cut !== undefined) this.#cutIn = rules.cut?.afterBytes ?? Number.POSITIVE_INFINITY
    if (rules.corruptAfterBytes !== undefined) this.#corruptIn = rules.corruptAfterBytes ?? Number.POSITIVE_INFINITY
    const { isLost, latencyMs, jitterMs } = this.#rules
    if (isLost) this.stop()
    const latestAt = this.#env.clock.now() + latencyMs + jitterMs
    for (const waiting of this.#queue) waiting.dueAt = Math.min(waiting.dueAt, latestAt)
    this.#freeAt = 0
    this.#timer?.cancel()
    this.#timer = null
    if (this.#cutIn === 0) this.#cut()
    else this.#pump()
  }

  /** Bytes came. The memory is the lane's from now on. */
  receive(bytes: Buffer): void {
    this.receivedBytes += bytes.length
    if (this.#isDead) this.lostBytes += bytes.length
    else {
      this.waitingBytes += bytes.length
      this.#enqueue(bytes)
    }
    this.#settle()
  }

  /** No more bytes come. */
  finish(how: LaneEnd): void {
    if (!this.#isDead) this.#enqueue(how)
    this.#settle()
  }

  /** The target takes more again. */
  drained(): void {
    this.#isFull = false
    this.#pump()
  }

  /** Loses what waits, and all that comes. */
  stop(): void {
    this.#isDead = true
    this.lostBytes += this.waitingBytes
    this.waitingBytes = 0
    this.#queue.length = 0
    this.#timer?.cancel()
    this.#timer = null
    this.#settle()
  }

  #enqueue(content: Buffer | LaneEnd): void {
    const { latencyMs, jitterMs } = this.#rules
    const dueAt = this.#env.clock.now() + latencyMs + (jitterMs === 0 ? 0 : this.#env.random() * jitterMs)
    this.#queue.push({ content, dueAt: Math.max(dueAt, this.#queue.at(-1)?.dueAt ?? 0) })
    this.#pump()
  }

  #pump(): void {
    while (this.#timer === null && this.#isFree) {
      const next = this.#queue[0]
      if (next === undefined) break
      const waitMs = Math.max(next.dueAt, this.#freeAt) - this.#env.clock.now()
      if (waitMs > 0) {
        this.#timer = this.#env.clock.setTimer(waitMs, () => {
          this.#timer = null
          this.#pump()
        })
        break
      }
      if (typeof next.content === 'string') {
        this.#queue.shift()
        this.#target.finish(next.content)
      } else this.#pass(next, next.content)
    }
    this.#settle()
  }

  get #isFree(): boolean {
    return !this.#rules.isStalled && !this.#isFull && !this.#isTurnTaken && !this.#isDead
  }

  #pass(waiting: Waiting, bytes: Buffer): void {
    const piece = bytes.subarray(0, Math.min(this.#pieceLength(), this.#cutIn))
    if (piece.length === bytes.length) this.#queue.shift()
    else waiting.content = bytes.subarray(piece.length)
    const { bytesPerSecond, pieces } = this.#rules
    if (Number.isFinite(bytesPerSecond)) {
      this.#freeAt = Math.max(this.#freeAt, this.#env.clock.now()) + (piece.length / bytesPerSecond) * 1_000
    }
    if (this.#corruptIn < piece.length) piece[this.#corruptIn] = ~(piece[this.#corruptIn] as number)
    this.#corruptIn = this.#corruptIn < piece.length ? Number.POSITIVE_INFINITY : this.#corruptIn - piece.length
    this.waitingBytes -= piece.length
    this.passedBytes += piece.length
    this.#cutIn -= piece.length
    this.#isFull = !this.#target.write(piece)
    if (pieces !== null) this.#takeTurn()
    if (this.#cutIn === 0) this.#cut()
  }

  #pieceLength(): number {
    const { bytesPerSecond, pieces } = this.#rules
    const slow = Math.max(1, Math.floor((bytesPerSecond * slowPieceMs) / 1_000))
    if (pieces === null) return slow
    const length = pieces.isRandom ? 1 + Math.floor(this.#env.random() * pieces.bytes) : pieces.bytes
    return Math.min(slow, length)
  }

  #takeTurn(): void {
    this.#isTurnTaken = true
    this.#env.nextTurn(() => {
      this.#isTurnTaken = false
      this.#pump()
    })
  }

  #cut(): void {
    const how = this.#rules.cut?.how ?? 'end'
    this.#cutIn = Number.POSITIVE_INFINITY
    this.#owner.onCut(how)
  }

  #settle(): void {
    const isReading = this.#isDead || this.waitingBytes <= maxWaitingBytes
    if (isReading !== this.#isReading) {
      this.#isReading = isReading
      this.#owner.setReading(isReading)
    }
    this.#owner.onChange()
  }
}
