import { type Channel, channelTable } from '../model/channel.js'
import type { ParsedMessage } from '../model/message.js'
import { isDataType, MessageType } from '../model/message-type.js'
import { LatencyRecorder } from './latency-recorder.js'
import { RateWindow } from './rate-window.js'

/** Types of channels and acknowledgements (0) have the slot of their number; the others come behind them. */
const highestType = Math.max(...Object.values(channelTable).map(({ type }) => type))
const otherSlot = highestType + 1
const errorSlot = otherSlot + 1
const unknownSlot = otherSlot + 2
const slots = otherSlot + 3

/** Counts what one connection delivered: by type, how fast, how late. No allocation per message. */
export class MessageMeter {
  readonly latency: LatencyRecorder = new LatencyRecorder()
  readonly #rate = new RateWindow()
  readonly #byType = new Float64Array(slots)
  readonly #dropped = new Map<string, number>()
  readonly #superseded = new Map<string, number>()
  #lagCount = 0
  #lagSumMs = 0
  #lagMaxMs = Number.NEGATIVE_INFINITY
  #lastLagMs: number | null = null

  /** Counts a message by its type alone. */
  countType(message: ParsedMessage): void {
    const slot = slotOf(message.type)
    if (slot >= 0) this.#byType[slot] = (this.#byType[slot] as number) + 1
  }

  /** Counts the time one delivered message took, `finishedAt` being the one clock read it costs. */
  countTime(message: ParsedMessage, finishedAt: number): void {
    this.latency.record(finishedAt - message.receivedAt)
    this.#rate.count(finishedAt)
    if (message.exchangeTime !== null) {
      const lag = message.receivedAt - message.exchangeTime
      this.#lagCount += 1
      this.#lagSumMs += lag
      this.#lastLagMs = lag
      if (lag > this.#lagMaxMs) this.#lagMaxMs = lag
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

  get dropped(): ReadonlyMap<string, number> {
    return this.#dropped
  }

  get superseded(): ReadonlyMap<string, number> {
    return this.#superseded
  }

  get lag(): { count: number; sumMs: number; maxMs: number; lastMs: number | null } {
    return { count: this.#lagCount, sumMs: this.#lagSumMs, maxMs: this.#lagMaxMs, lastMs: this.#lastLagMs }
  }

  rate(nowMs: number, sinceMs: number): number {
    return this.#rate.rate(nowMs, sinceMs)
  }
}

function slotOf(type: MessageType): number {
  if (type >= MessageType.SubscriptionConfirm && type <= highestType) return type
  if (type === MessageType.Other) return otherSlot
  if (type === MessageType.Error) return errorSlot
  // A type that no channel has is counted all the same: nothing is lost in silence.
  return type === MessageType.Unknown || isDataType(type) ? unknownSlot : -1
}
