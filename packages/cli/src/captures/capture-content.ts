import {
  type AnyExchangeDefinition,
  type CandleInterval,
  type Channel,
  type Instrument,
  MessageType,
} from '@tapewire/core'
import type { ParsedMessage } from '@tapewire/core/adapter'
import type { CaptureFrame } from '@tapewire/testkit'
import { isPrivate } from '../exchanges/channels-of.js'
import { FrameDecoder } from './frame-decoder.js'

/** Inbound frames that belong to one kind of connection, and what must be subscribed to for them. */
export interface CapturePart {
  /** Without acknowledgements and pongs: those of a recording answer requests nobody makes today. */
  readonly frames: readonly CaptureFrame[]
  readonly symbols: readonly Instrument[]
  readonly channels: readonly Channel[]
  readonly candleIntervals: readonly CandleInterval[]
}

/** A capture, by the connections its frames came over. A part without data is null. */
export interface CaptureContent {
  /** Inbound frames in all. */
  readonly frames: number
  readonly market: CapturePart | null
  readonly account: CapturePart | null
}

/** Finds out what a capture carries by decoding it. Whatever nobody knows goes with the market's frames. */
export function readContent(frames: readonly CaptureFrame[], definition: AnyExchangeDefinition): CaptureContent {
  const decoder = new FrameDecoder(definition)
  const market = new PartBuilder()
  const account = new PartBuilder()
  const inbound = frames.filter(({ dir }) => dir === 'in')
  for (const frame of inbound) {
    const messages = decoder.decode(frame)
    if (messages.every(isControl)) continue
    const part = messages.some(isAccountData) ? account : market
    part.add(frame, messages)
  }
  // With nothing of the market to subscribe to, the account's connection carries the rest as well.
  if (market.isEmpty) return { frames: inbound.length, market: null, account: account.build(market.frames) }
  return { frames: inbound.length, market: market.build(), account: account.build() }
}

class PartBuilder {
  readonly frames: CaptureFrame[] = []
  readonly #symbols = new Set<Instrument>()
  readonly #channels = new Set<Channel>()
  readonly #intervals = new Set<CandleInterval>()

  get isEmpty(): boolean {
    return this.#channels.size === 0
  }

  add(frame: CaptureFrame, messages: readonly ParsedMessage[]): void {
    this.frames.push(frame)
    for (const message of messages) {
      if (message.channel === null || message.type < 0) continue
      this.#channels.add(message.channel)
      if (message.symbol !== null) this.#symbols.add(message.symbol)
      if (message.type === MessageType.Candle) this.#intervals.add(message.data.interval)
    }
  }

  /** The part, and frames of another one in their place among its own; null where there is nothing to subscribe to. */
  build(others: readonly CaptureFrame[] = []): CapturePart | null {
    if (this.isEmpty) return null
    return {
      frames: [...this.frames, ...others].sort((left, right) => left.line - right.line),
      symbols: [...this.#symbols],
      channels: [...this.#channels],
      candleIntervals: [...this.#intervals],
    }
  }
}

function isControl({ type }: ParsedMessage): boolean {
  return type === MessageType.SubscriptionConfirm || type === MessageType.Reply || type === MessageType.Heartbeat
}

function isAccountData({ channel }: ParsedMessage): boolean {
  return channel !== null && isPrivate(channel)
}
