import type { Clock, Instrument, Timer } from '@tapewire/core'
import type { StallEnd, VenueClient, VenueSession } from '@tapewire/testkit'
import type { IssuedListenKeys } from './account/listen-keys.js'
import type { VenueFaults } from './control.js'
import { acknowledgementText, pongText } from './replies.js'
import { isPing, readRequest, streamOf } from './requests.js'
import type { StreamHub } from './stream-hub.js'

/** MEXC's limits on one connection. Source: MEXC spot v3 API docs, "Websocket Market Streams". */
const maxStreams = 30
const maxMessagesPerSecond = 100
const unsubscribedIdleMs = 30_000
const subscribedIdleMs = 60_000
const lifetimeMs = 24 * 60 * 60_000

export interface SessionContext {
  readonly clock: Clock
  readonly random: () => number
  readonly pairs: ReadonlyMap<string, Instrument>
  readonly feeds: StreamHub
  readonly faults: VenueFaults
  readonly listenKeys: IssuedListenKeys
  /** Null where the connection came without one. */
  readonly listenKey: string | null
  /** Streams have come or gone. */
  readonly onChange: () => void
  readonly onClosed: () => void
}

/** One client of the venue: what it is subscribed to, and the rules it can break. */
export class MexcSpotSession implements VenueSession {
  readonly #client: VenueClient
  readonly #options: SessionContext
  /** Streams, each with what ends it. */
  readonly #streams = new Map<string, () => void>()
  /** Streams that bring nothing, and what ends that. */
  readonly #stalled = new Map<string, StallEnd>()
  readonly #timers = new Set<Timer>()
  #messageTimes: number[] = []
  #idleTimer: Timer
  #activeAt: number
  #closed = false
  #isMuted = false

  constructor(client: VenueClient, options: SessionContext) {
    this.#client = client
    this.#options = options
    this.#activeAt = options.clock.now()
    this.#idleTimer = this.#watchIdle(unsubscribedIdleMs)
    this.#timers.add(options.clock.setTimer(lifetimeMs, () => client.close()))
  }

  get streams(): readonly string[] {
    return [...this.#streams.keys()]
  }

  get listenKey(): string | null {
    return this.#options.listenKey
  }

  onMessage(data: Buffer, isBinary: boolean): void {
    if (this.#sendsTooMuch()) {
      this.#client.terminate()
      return
    }
    const request = isBinary ? null : readRequest(data.toString())
    if (request === null) return
    if (isPing(request)) this.#pong()
    else if (request.method === 'SUBSCRIPTION') this.#subscribe(request.params, request.id)
    else if (request.method === 'UNSUBSCRIPTION') this.#unsubscribe(request.params, request.id)
  }

  onClose(): void {
    if (this.#closed) return
    this.#closed = true
    this.#idleTimer.cancel()
    for (const timer of this.#timers) timer.cancel()
    for (const end of this.#streams.values()) end()
    this.#streams.clear()
    this.#options.onClosed()
  }

  /** Whether it listens to the account. */
  get isPrivate(): boolean {
    return [...this.#streams.keys()].some((name) => name.startsWith('spot@private.'))
  }

  /** It is told nothing of the account any more. */
  mute(): void {
    this.#isMuted = true
  }

  /** The venue ends the connection. */
  end(): void {
    this.#client.close()
  }

  /** Market streams of now bring nothing until then; of one market where it is given. */
  stall(pair: Instrument | null, until: StallEnd): void {
    for (const [name, end] of this.#streams) {
      const spec = streamOf(name, this.#options.pairs)
      if (spec === null || spec.kind === 'private') continue
      if (pair !== null && !('pair' in spec && spec.pair === pair)) continue
      end()
      this.#streams.set(name, () => {})
      this.#stalled.set(name, until)
    }
  }

  /** A push of a private stream; silent once the listen key has ended. */
  deliverPrivate(stream: string, frame: Uint8Array): void {
    const { listenKey, listenKeys } = this.#options
    if (this.#isMuted) return
    if (listenKey !== null && this.#streams.has(stream) && listenKeys.isLive(listenKey)) this.#deliver(frame)
  }

  #pong(): void {
    if (this.#streams.size > 0) this.#activeAt = this.#options.clock.now()
    if (!this.#options.faults.silentPongs) this.#client.send(pongText)
  }

  #subscribe(names: readonly string[], id: number): void {
    const accepted: string[] = []
    const refused: string[] = []
    for (const name of names) (this.#open(name) ? accepted : refused).push(name)
    this.#options.onChange()
    // Accepted streams come back in an order of MEXC's own.
    if (this.#options.random() < 0.5) accepted.reverse()
    this.#answer(acknowledgementText(id, accepted, refused))
  }

  #unsubscribe(names: readonly string[], id: number): void {
    for (const name of names) {
      this.#streams.get(name)?.()
      this.#streams.delete(name)
    }
    this.#options.onChange()
    if (this.#streams.size === 0) {
      this.#activeAt = this.#options.clock.now()
      this.#idleTimer.cancel()
      this.#idleTimer = this.#watchIdle(unsubscribedIdleMs)
    }
    this.#answer(acknowledgementText(id, names))
  }

  /** Whether the stream is open from now on. */
  #open(name: string): boolean {
    const { pairs, faults, feeds, listenKey } = this.#options
    const stall = this.#stalled.get(name)
    if (this.#streams.has(name) && stall !== 'asked-again') return true
    const spec = streamOf(name, pairs)
    if (spec === null || this.#streams.size >= Math.min(maxStreams, faults.maxStreams)) return false
    if (faults.refusedStreams.some((pattern) => pattern.test(name))) return false
    if ('pair' in spec && faults.refusedPairs.has(spec.pair)) return false
    if (spec.kind === 'private') {
      if (listenKey === null) return false
      this.#streams.set(name, () => {})
    } else if (stall === 'reconnected') this.#streams.set(name, () => {})
    else {
      this.#stalled.delete(name)
      this.#streams.set(
        name,
        feeds.subscribe(name, spec, (frame) => this.#deliver(frame)),
      )
    }
    this.#activeAt = this.#options.clock.now()
    return true
  }

  #deliver(frame: Uint8Array): void {
    this.#activeAt = this.#options.clock.now()
    this.#client.send(frame)
  }

  #answer(reply: string): void {
    const { faults, clock } = this.#options
    if (faults.silentAcks) return
    if (faults.ackDelayMs === 0) {
      this.#client.send(reply)
      return
    }
    const timer = clock.setTimer(faults.ackDelayMs, () => {
      this.#timers.delete(timer)
      this.#client.send(reply)
    })
    this.#timers.add(timer)
  }

  #sendsTooMuch(): boolean {
    const now = this.#options.clock.now()
    this.#messageTimes = this.#messageTimes.filter((time) => time > now - 1_000)
    this.#messageTimes.push(now)
    return this.#messageTimes.length > maxMessagesPerSecond
  }

  /** Ends the connection without a close frame, once it has been silent too long. */
  #watchIdle(delayMs: number): Timer {
    const { clock } = this.#options
    return clock.setTimer(delayMs, () => {
      const limitMs = this.#streams.size === 0 ? unsubscribedIdleMs : subscribedIdleMs
      const leftMs = this.#activeAt + limitMs - clock.now()
      if (leftMs <= 0) this.#client.terminate()
      else this.#idleTimer = this.#watchIdle(leftMs)
    })
  }
}
