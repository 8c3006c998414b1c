import type { Clock, Timer } from '@tapewire/core'
import { randomInteger, type VenueClient, type VenueSession } from '@tapewire/testkit'
import { refusalOfAuthentication } from './authorize.js'
import { readRequest, type SignedRequest } from './read-request.js'
import { acknowledgementText, pongText, pushText, type ReplyContext, type VenueError } from './replies.js'
import type { StreamHub, Subscriber } from './stream-hub.js'
import { badArgument, type FindPair, privateVenueChannels, streamsOf, type VenueStream } from './stream-request.js'

/** Silence after which a connection is ended without a close frame: with nothing subscribed, and with something. Source: live probe, 2026-09. */
const idleMs = { empty: 30_000, subscribed: 60_000 } as const

/** What a session shares with its venue. */
export interface SessionContext {
  readonly clock: Clock
  readonly random: () => number
  readonly hub: StreamHub
  readonly findPair: FindPair
  /** Whether acknowledgements are kept back. */
  readonly isSilent: () => boolean
  /** The session has other streams than before. */
  readonly onChange: () => void
  readonly onEnd: (session: GateioSession) => void
}

/** One client's connection. */
export class GateioSession implements VenueSession, Subscriber {
  readonly #client: VenueClient
  readonly #context: SessionContext
  readonly #connectionId: string
  readonly #streams = new Map<string, VenueStream>()
  #lastTraffic: number
  #idleTimer: Timer

  constructor(client: VenueClient, context: SessionContext) {
    this.#client = client
    this.#context = context
    this.#connectionId = hexadecimal(context.random)
    this.#lastTraffic = context.clock.now()
    this.#idleTimer = this.#watchIdleness(idleMs.empty)
  }

  /** Whether it is subscribed to anything of the account. */
  get isPrivate(): boolean {
    return [...this.#streams.values()].some((stream) => privateVenueChannels.includes(stream.channel))
  }

  onMessage(data: Buffer): void {
    this.#lastTraffic = this.#context.clock.now()
    const request = readRequest(data)
    if (request === null) return
    if (request.channel === 'spot.ping') this.#send(pongText(this.#reply()))
    else this.#answer(request, this.#perform(request))
  }

  onClose(): void {
    this.#idleTimer.cancel()
    for (const key of this.#streams.keys()) this.#context.hub.unsubscribe(key, this)
    this.#streams.clear()
    this.#context.onEnd(this)
  }

  push(channel: string, result: object): void {
    this.#send(pushText(channel, result, this.#context.clock.now()))
  }

  /** Ends the connection as the server does for an upgrade. */
  end(): void {
    this.#client.close(1001, 'service upgrade')
  }

  /** Does what the request asks for, or says why not. */
  #perform(request: SignedRequest): VenueError | undefined {
    const { event } = request
    if (event !== 'subscribe' && event !== 'unsubscribe') return { code: 1, message: 'unknown event' }
    const streams = this.#permitted(request)
    if ('code' in streams) return streams
    const refusal = event === 'subscribe' ? this.#subscribe(streams) : this.#unsubscribe(streams)
    this.#context.onChange()
    return refusal
  }

  /** A book's image goes out before the acknowledgement. Source: Gate.io spot WebSocket v4 docs, changelog of 2026-03-31. */
  #subscribe(streams: readonly VenueStream[]): VenueError | undefined {
    const isNew = ({ key }: VenueStream): boolean => !this.#streams.has(key)
    const repeated = streams.find((stream) => stream.channel === 'spot.obu' && !isNew(stream))
    if (repeated !== undefined) return badArgument(`Alert sub ${repeated.key.slice('spot.obu:'.length)}`)
    for (const stream of streams) {
      if (!isNew(stream)) continue
      const welcome = this.#context.hub.subscribe(stream, this)
      this.#streams.set(stream.key, stream)
      if (welcome !== null) this.push(stream.channel, welcome)
    }
    return undefined
  }

  #unsubscribe(streams: readonly VenueStream[]): undefined {
    for (const { key } of streams) {
      if (this.#streams.delete(key)) this.#context.hub.unsubscribe(key, this)
    }
  }

  #permitted(request: SignedRequest): readonly VenueStream[] | VenueError {
    const isPrivate = privateVenueChannels.includes(request.channel)
    const refusal = isPrivate ? refusalOfAuthentication(request, this.#context.clock.now()) : null
    return refusal ?? streamsOf(request.channel, request.payload, this.#context.findPair)
  }

  #answer(request: SignedRequest, error?: VenueError): void {
    if (this.#context.isSilent()) return
    const { auth: _, time: __, ...echoed } = request
    this.#send(acknowledgementText(echoed, this.#reply(), error))
  }

  #reply(): ReplyContext {
    const { clock, random } = this.#context
    return { now: clock.now(), connectionId: this.#connectionId, traceId: hexadecimal(random) }
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

/** 16 hexadecimal digits, as connection and trace ids have. */
function hexadecimal(random: () => number): string {
  const half = (): string => randomInteger(random, 0, 0xffff_ffff).toString(16).padStart(8, '0')
  return half() + half()
}
