import { type Channel, channelTable } from '../model/channel.js'
import type { ParsedMessage } from '../model/message.js'
import { isDataType, MessageType } from '../model/message-type.js'
import { LatencyRecorder } from './latency/latency-recorder.js'

/** Types of channels and acknowledgements (0) have the slot of their number; the others come behind them. */
const highestType = Math.max(...Object.values(channelTable).map(({ type }) => type))
const otherSlot = highestType + 1
const errorSlot = otherSlot + 1
const unknownSlot = otherSlot + 2
const slots = otherSlot + 3

// Places among the sums, which lie in one array because a number that changes there is not allocated anew.
const frameCount = 0
const byteCount = 1
const lagCount = 2
const lagSum = 3
const lagMax = 4
const lagMaxSinceTaken = 5
const lastLag = 6
const lastLagAt = 7

/** How old the exchange's messages were when they came, ms; null where none said when it happened. */
export interface LagSummary {
  readonly count: number
  readonly sumMs: number
  readonly maxMs: number
  readonly lastMs: number | null
  /** When the last of them was received, epoch ms; 0 before the first. */
  readonly lastAt: number
}

/** Counts what one connection brought: by type, how fast, how late. No allocation per message. */
export class MessageMeter {
  readonly latency: LatencyRecorder = new LatencyRecorder()
  readonly #byType = new Float64Array(slots)
  readonly #sums = Float64Array.of(0, 0, 0, 0, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0)
  readonly #dropped = new Map<string, number>()
  readonly #superseded = new Map<string, number>()

  /** Counts a frame by the bytes of its content. */
  countFrame(bytes: number): void {
    const sums = this.#sums
    sums[frameCount] = (sums[frameCount] as number) + 1
    sums[byteCount] = (sums[byteCount] as number) + bytes
  }

  /** Counts a message by its type alone. */
  countType(message: ParsedMessage): void {
    const slot = slotOf(message.type)
    if (slot >= 0) this.#byType[slot] = (this.#byType[slot] as number) + 1
  }

  /** Counts the time one delivered message took, `finishedAt` being the one clock read it costs. */
  countTime(message: ParsedMessage, finishedAt: number): void {
    const { receivedAt, exchangeTime } = message
    this.latency.record(finishedAt - receivedAt)
    if (exchangeTime !== null) {
      const sums = this.#sums
      const lag = receivedAt - exchangeTime
      sums[lagCount] = (sums[lagCount] as number) + 1
      sums[lagSum] = (sums[lagSum] as number) + lag
      sums[lastLag] = lag
      sums[lastLagAt] = receivedAt
      if (lag > (sums[lagMaxSinceTaken] as number)) sums[lagMaxSinceTaken] = lag
    }
  }

  countDrop(channel: Channel | 'other'): void {
    this.#dropped.set(channel, (this.#dropped.get(channel) ?? 0) + 1)
  }

  /** A message made room for a newer one of its stream before anybody saw it. */
  countSuperseded(channel: Channel): void {
    this.#superseded.set(channel, (this.#superseded.get(channel) ?? 0) + 1)
  }

  /** Messages of a type so far. */
  of(type: MessageType): number {
    const slot = slotOf(type)
    return slot < 0 ? 0 : (this.#byType[slot] as number)
  }

  /** Data messages so far: everything but acknowledgements and heartbeats. */
  get messages(): number {
    let sum = 0
    for (let slot = 1; slot < slots; slot += 1) sum += this.#byType[slot] as number
    return sum
  }

  get frames(): number {
    return this.#sums[frameCount] as number
  }

  get bytes(): number {
    return this.#sums[byteCount] as number
  }

  get dropped(): ReadonlyMap<string, number> {
    return this.#dropped
  }

  get superseded(): ReadonlyMap<string, number> {
    return this.#superseded
  }

  get lag(): LagSummary {
    const sums = this.#sums
    const count = sums[lagCount] as number
    return {
      count,
      sumMs: sums[lagSum] as number,
      maxMs: Math.max(sums[lagMax] as number, sums[lagMaxSinceTaken] as number),
      lastMs: count === 0 ? null : (sums[lastLag] as number),
      lastAt: sums[lastLagAt] as number,
    }
  }

  /** The greatest lag since this was last asked, ms; minus infinity where there was none. */
  takeMaxLagMs(): number {
    const sums = this.#sums
    const taken = sums[lagMaxSinceTaken] as number
    sums[lagMax] = Math.max(sums[lagMax] as number, taken)
    sums[lagMaxSinceTaken] = Number.NEGATIVE_INFINITY
    return taken
  }

  /** Adds what another meter counted. */
  add(other: MessageMeter): void {
    this.latency.add(other.latency)
    for (let slot = 0; slot < slots; slot += 1) {
      this.#byType[slot] = (this.#byType[slot] as number) + (other.#byType[slot] as number)
    }
    const mine = this.#sums
    const others = other.#sums
    for (const place of [frameCount, byteCount, lagCount, lagSum]) {
      mine[place] = (mine[place] as number) + (others[place] as number)
    }
    for (const place of [lagMax, lagMaxSinceTaken]) {
      mine[place] = Math.max(mine[place] as number, others[place] as number)
    }
    if ((others[lastLagAt] as number) >= (mine[lastLagAt] as number)) {
      mine[lastLag] = others[lastLag] as number
      mine[lastLagAt] = others[lastLagAt] as number
    }
    addCounts(this.#dropped, other.#dropped)
    addCounts(this.#superseded, other.#superseded)
  }
}

function slotOf(type: MessageType): number {
  if (type >= MessageType.SubscriptionConfirm && type <= highestType) return type
  if (type === MessageType.Other) return otherSlot
  if (type === MessageType.Error) return errorSlot
  // A type that no channel has is counted all the same: nothing is lost in silence.
  return type === MessageType.Unknown || isDataType(type) ? unknownSlot : -1
}

function addCounts(sums: Map<string, number>, counts: ReadonlyMap<string, number>): void {
  for (const [key, count] of counts) sums.set(key, (sums.get(key) ?? 0) + count)
}
