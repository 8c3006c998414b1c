import type { Clock, Instrument, Timer } from '@tapewire/core'
import { randomInteger, type StallEnd, type VenueClient, type VenueSession } from '@tapewire/testkit'
import type { OrderDesk } from './account/order-desk.js'
import { type ApiRequest, ApiRequests, readApiRequest } from './api-requests.js'
import { refusalOf } from './authorize.js'
import type { VenueFaults } from './control.js'
import { wireNameOf } from './feeds/feed.js'
import {
  acknowledgementText,
  apiReplyText,
  composePush,
  pongText,
  type ReplyContext,
  refusal,
  unauthorized,
  type VenueError,
} from './replies.js'
import {
  type FindPair,
  privateVenueChannels,
  readRequest,
  type SignedRequest,
  streamsOf,
  type VenueStream,
} from './requests.js'
import type { StreamHub, Subscriber } from './stream-hub.js'
import { textFields } from './text-fields.js'

/** Silence after which a connection is ended without a close frame: with nothing subscribed, and with something. Source: live probe, 2026-09. */
const idleMs = { empty: 30_000, subscribed: 60_000 } as const

/** What a session shares with its venue. */
export interface SessionContext {
  readonly clock: Clock
  /** What the exchange takes the time to be. */
  readonly serverClock: Clock
  readonly random: () => number
  readonly hub: StreamHub
  readonly findPair: FindPair
  readonly desk: OrderDesk
  readonly faults: VenueFaults
  /** The session has other streams than before. */
  readonly onChange: () => void
  readonly onEnd: (session: GateioSpotSession) => void
}

/** One client's connection. */
export class GateioSpotSession implements VenueSession, Subscriber {
  readonly #client: VenueClient
  readonly #context: SessionContext
  readonly #connectionId: string
  readonly #streams = new Map<string, VenueStream>()
  /** Streams that bring nothing, and what ends that. */
  readonly #stalled = new Map<string, StallEnd>()
  readonly #delayed = new Set<Timer>()
  readonly #api: ApiRequests
  #lastTraffic: number
  #idleTimer: Timer
  #isMuted = false

  constructor(client: VenueClient, context: SessionContext) {
    this.#client = client
    this.#context = context
    this.#connectionId = hexadecimal(context.random)
    this.#api = new ApiRequests({ ...context, clock: context.serverClock })
    this.#lastTraffic = context.clock.now()
    this.#idleTimer = this.#watchIdleness(idleMs.empty)
  }

  get streams(): readonly string[] {
    return [...this.#streams.keys()]
  }

  /** Whether it is subscribed to anything of the account. */
  get isPrivate(): boolean {
    return [...this.#streams.values()].some((stream) => privateVenueChannels.includes(stream.channel))
  }

  onMessage(data: Buffer): void {
    this.#lastTraffic = this.#context.clock.now()
    const request = readRequest(data)
    if (request === null) return
    const api = readApiRequest(request, data)
    if (request.channel === 'spot.ping') this.#pong()
    else if (api !== null) this.#answerApi(api)
    else this.#answer(request, this.#perform(request))
  }

  /** Keeps the connection open. Source: live probe of the futures socket, 2026-09. */
  onPing(): void {
    this.#lastTraffic = this.#context.clock.now()
  }

  onClose(): void {
    this.#idleTimer.cancel()
    for (const timer of this.#delayed) timer.cancel()
    for (const key of this.#streams.keys()) this.#context.hub.unsubscribe(key, this)
    this.#streams.clear()
    this.#context.onEnd(this)
  }

  /** It is told nothing of the account any more. */
  mute(): void {
    this.#isMuted = true
  }

  push(channel: string, result: object): void {
    if (this.#isMuted && privateVenueChannels.includes(channel)) return
    this.#send(composePush(channel, result, this.#context.serverClock.now()))
  }

  /** Ends the connection as the server does for an upgrade. */
  end(): void {
    this.#client.close(1001, 'service upgrade')
  }

  /** Market streams of now bring nothing until then; of one market where it is given. */
  stall(pair: Instrument | null, until: StallEnd): void {
    for (const stream of this.#streams.values()) {
      if (privateVenueChannels.includes(stream.channel) || (pair !== null && stream.pair !== pair)) continue
      this.#context.hub.unsubscribe(stream.key, this)
      this.#stalled.set(stream.key, until)
    }
  }

  /** Does what the request asks for, or says why not. */
  #perform(request: SignedRequest): VenueError | undefined {
    const { event } = request
    if (event !== 'subscribe' && event !== 'unsubscribe') return refusal(1, 'unknown event')
    const streams = this.#permitted(request)
    if ('code' in streams) return streams
    let error: VenueError | undefined
    if (event === 'subscribe') error = this.#subscribe(streams)
    else this.#unsubscribe(streams)
    this.#context.onChange()
    return error
  }

  /** A book's image goes out before the acknowledgement. Source: Gate.io spot WebSocket v4 docs, changelog of 2026-03-31. */
  #subscribe(streams: readonly VenueStream[]): VenueError | undefined {
    const isNew = ({ key }: VenueStream): boolean => !this.#streams.has(key)
    const repeated = streams.find((stream) => stream.channel === 'spot.obu' && !isNew(stream))
    if (repeated !== undefined) return refusal(2, `Alert sub ${repeated.key.slice('spot.obu:'.length)}`)
    const { maxStreams, refusedStreams } = this.#context.faults
    const fresh = streams.filter(isNew)
    const refused = fresh.find((stream) => refusedStreams.some((pattern) => pattern.test(nameOf(stream))))
    // In what words the exchange would refuse these is not known: these are ours, with its common code.
    if (refused !== undefined) return refusal(2, `refused on purpose: ${nameOf(refused)}`)
    if (this.#streams.size + fresh.length > maxStreams) return refusal(2, `more than ${maxStreams} streams`)
    for (const stream of streams) {
      const stall = this.#stalled.get(stream.key)
      if (!isNew(stream) && stall !== 'asked-again') continue
      this.#streams.set(stream.key, stream)
      if (stall === 'reconnected') continue
      this.#stalled.delete(stream.key)
      const welcome = this.#context.hub.subscribe(stream, this)
      if (welcome !== null) this.push(stream.channel, welcome)
    }
    return undefined
  }

  #unsubscribe(streams: readonly VenueStream[]): void {
    for (const { key } of streams) {
      if (this.#streams.delete(key)) this.#context.hub.unsubscribe(key, this)
    }
    if (this.#streams.size > 0) return
    this.#idleTimer.cancel()
    this.#idleTimer = this.#watchIdleness(idleMs.empty)
  }

  #permitted(request: SignedRequest): readonly VenueStream[] | VenueError {
    const isPrivate = privateVenueChannels.includes(request.channel)
    const error = isPrivate ? this.#unauthorized(request) : null
    return (
      error ?? streamsOf(request.channel, request.payload, this.#context.findPair, this.#context.faults.refusalWords)
    )
  }

  #unauthorized(request: SignedRequest): VenueError | null {
    const { serverClock, faults } = this.#context
    if (faults.signedRefusal !== null) return unauthorized(faults.signedRefusal, 'refused on purpose')
    return refusalOf(request, serverClock.now())
  }

  #pong(): void {
    if (!this.#context.faults.silentPongs) this.#send(pongText(this.#reply()))
  }

  #answer(request: SignedRequest, error?: VenueError): void {
    this.#respond(() => acknowledgementText(request, this.#reply(), error))
  }

  #answerApi(request: ApiRequest): void {
    const { channel, payload } = request
    for (const answer of this.#api.answer(request)) {
      const reply = { request: { id: textFields(payload).req_id ?? '', channel }, ...answer }
      this.#respond(() => apiReplyText(reply, this.#reply()))
    }
  }

  #respond(compose: () => string): void {
    const { silentAcks, ackDelayMs } = this.#context.faults
    if (silentAcks) return
    if (ackDelayMs === 0) {
      this.#send(compose())
      return
    }
    const timer = this.#context.clock.setTimer(ackDelayMs, () => {
      this.#delayed.delete(timer)
      this.#send(compose())
    })
    this.#delayed.add(timer)
  }

  #reply(): ReplyContext {
    const { serverClock, random } = this.#context
    return { now: serverClock.now(), connectionId: this.#connectionId, traceId: hexadecimal(random) }
  }

  #send(text: string): void {
    this.#lastTraffic = this.#context.clock.now()
    this.#client.send(text)
  }

  #watchIdleness(delayMs: number): Timer {
    return this.#context.clock.setTimer(delayMs, () => {
      const silentMs = this.#context.clock.now() - this.#lastTraffic
      const allowedMs = this.#streams.size === 0 ? idleMs.empty : idleMs.subscribed
      if (silentMs >= allowedMs) this.#client.terminate()
      else this.#idleTimer = this.#watchIdleness(allowedMs - silentMs)
    })
  }
}

/** Channel, market and what else is asked for, as clients write them: `spot.order_book_update:BTC_USDT:100ms`. */
function nameOf({ channel, pair, param }: VenueStream): string {
  return [channel, ...(pair === null ? [] : [wireNameOf(pair)]), ...(param === '' ? [] : [param])].join(':')
}

/** 16 hexadecimal digits, as connection and trace ids have. */
function hexadecimal(random: () => number): string {
  const half = (): string => randomInteger(random, 0, 0xffff_ffff).toString(16).padStart(8, '0')
  return half() + half()
}
