import type { Channel } from '../model/channel.js'
import type { ParsedMessage } from '../model/message.js'
import { MessageType } from '../model/message-type.js'
import { LatencyRecorder } from './latency-recorder.js'
import { RateWindow } from './rate-window.js'

/** Types from 0 to 8 have a counter each; the three odd ones follow. */
const counters = 12
const otherSlot = 9
const errorSlot = 10
const unknownSlot = 11

/** Counts what one connection delivered: by type, how fast, how late. No allocation per message. */
export class MessageMeter {
  readonly latency: LatencyRecorder = new LatencyRecorder()
  readonly #rate = new RateWindow()
  readonly #byType = new Float64Array(counters)
  readonly #dropped = new Map<string, number>()
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

  /** Messages of a type so far. */
  of(type: MessageType): number {
    const slot = slotOf(type)
    return slot < 0 ? 0 : (this.#byType[slot] as number)
  }

  /** Data messages so far: everything but acknowledgements and heartbeats. */
  get messages(): number {
    let sum = 0
    for (let slot = 1; slot < counters; slot += 1) sum += this.#byType[slot] as number
    return sum
  }

  get dropped(): ReadonlyMap<string, number> {
    return this.#dropped
  }

  get lag(): { count: number; sumMs: number; maxMs: number; lastMs: number | null } {
    return { count: this.#lagCount, sumMs: this.#lagSumMs, maxMs: this.#lagMaxMs, lastMs: this.#lastLagMs }
  }

  rate(nowMs: number, sinceMs: number): number {
    return this.#rate.rate(nowMs, sinceMs)
  }
}

function slotOf(type: MessageType): number {
  if (type >= 0 && type <= 8) return type
  if (type === MessageType.Other) return otherSlot
  if (type === MessageType.Error) return errorSlot
  if (type === MessageType.Unknown) return unknownSlot
  return -1
}
