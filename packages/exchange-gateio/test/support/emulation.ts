import type { Instrument } from '@tapewire/core'
import { ManualClock } from '@tapewire/core/testing'
import {
  createRandom,
  MarketSimulator,
  type VenueClient,
  type VenueResponse,
  type VenueSession,
} from '@tapewire/testkit'
import { type GateioSpotVenue, gateioSpotVenue } from '../../src/testing/index.js'
import { btcUsdt, ethUsdt } from './frames.js'

/** Where the manual clock starts: 2026-01-01T00:00:00Z, in seconds. */
export const startSeconds = 1_767_225_600

/** A frame of the server, as far as these tests look into it. */
export interface SentFrame {
  readonly time?: number
  readonly time_ms?: number
  readonly id?: number
  readonly channel?: string
  readonly event?: string
  readonly payload?: unknown
  readonly error?: { readonly code: number; readonly message: string }
  readonly result?: Readonly<Record<string, unknown>>
}

/** A client without a socket: it keeps what it was sent, and how it was ended. */
export class FakeClient implements VenueClient {
  readonly #session: VenueSession
  #texts: string[] = []
  ended: string | null = null

  constructor(venue: GateioSpotVenue, path = '/ws/v4/') {
    const url = new URL(path, 'http://venue.invalid')
    const session = venue.accept(this, { method: 'GET', url, headers: {}, body: '' })
    if ('status' in session) throw new Error(`refused with ${session.status}`)
    this.#session = session
  }

  send(data: string | Uint8Array): void {
    this.#texts.push(String(data))
  }

  close(code?: number): void {
    this.ended = `close ${code}`
    this.leave()
  }

  terminate(): void {
    this.ended = 'terminate'
    this.leave()
  }

  /** The socket is gone. */
  leave(): void {
    this.#session.onClose()
  }

  /** A ping frame of the WebSocket protocol. */
  ping(): void {
    this.#session.onPing?.()
  }

  /** Says something to the server. */
  say(content: string | object): void {
    this.#session.onMessage(Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)), false)
  }

  /** Asks for something and returns what came back at once. */
  ask(content: string | object): SentFrame[] {
    this.#texts = []
    this.say(content)
    return this.take()
  }

  /** What arrived since it was last asked for, as text. */
  takeTexts(): string[] {
    return this.#texts.splice(0)
  }

  take(): SentFrame[] {
    return this.takeTexts().map((text) => JSON.parse(text))
  }

  /** The results of what was pushed on a channel since then. */
  takeResults(channel: string): Readonly<Record<string, unknown>>[] {
    const pushes = this.take().filter((frame) => frame.channel === channel && frame.event === 'update')
    return pushes.map((frame) => frame.result ?? {})
  }
}

export interface Harness {
  readonly clock: ManualClock
  readonly market: MarketSimulator
  readonly venue: GateioSpotVenue
  connect(): FakeClient
  /** Steps the market, with 10 ms between steps. */
  step(times: number, pair?: Instrument): void
  get(path: string): { readonly status: number; readonly headers: VenueResponse['headers']; readonly body: unknown }
}

/** An emulation on a manual clock. */
export function openVenue(seed = 1, levels = 120): Harness {
  const clock = new ManualClock()
  const market = new MarketSimulator({ pairs: [btcUsdt, ethUsdt], seed, clock, levels })
  const venue = gateioSpotVenue({ clock, market, random: createRandom(seed) })
  return {
    clock,
    market,
    venue,
    connect: () => new FakeClient(venue),
    step(times, pair = btcUsdt) {
      for (let count = 0; count < times; count++) {
        market.step(pair)
        clock.advance(10)
      }
    },
    get(path) {
      const url = new URL(path, 'http://venue.invalid')
      const { status, body, headers } = venue.handle({ method: 'GET', url, headers: {}, body: '' })
      return { status, headers, body: JSON.parse(body) }
    },
  }
}

/** A subscribe request. */
export function subscribe(channel: string, payload: readonly unknown[], id = 1): object {
  return { time: startSeconds, id, channel, event: 'subscribe', payload }
}
