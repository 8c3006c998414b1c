import type { Clock, Instrument, Timer } from '@tapewire/core'
// #private
import type {
  AccountEvent,
  FaultSwitches,
  MarketEvent,
  MarketSimulator,
  VenueClient,
  VenueSession,
} from '@tapewire/testkit'
import { checkLogin } from './login.js'
import {
  balanceData,
  candleData,
  fillData,
  orderData,
  quoteData,
  snapshotData,
  tickerData,
  tradeData,
  updateData,
} from './pushes.js'
import {
  accountStreams,
  type LoginRequest,
  type MarketStream,
  marketStreamOf,
  readRequest,
  type StreamsRequest,
} from './requests.js'
// #public
import type { FaultSwitches, MarketEvent, MarketSimulator, VenueClient, VenueSession } from '@tapewire/testkit'
import { candleData, quoteData, snapshotData, tickerData, tradeData, updateData } from './pushes.js'
import { type MarketStream, marketStreamOf, readRequest, type StreamsRequest } from './requests.js'
// #end
import { encodePush, type Fields } from './wire.js'

const maxStreamsPerRequest = 50

/** What a session shares with its venue. */
export interface SessionContext {
  readonly clock: Clock
  readonly market: MarketSimulator
  readonly faults: FaultSwitches
  readonly onEnd: (session: NewexSpotSession) => void
}

/** Why something is refused. */
interface Refusal {
  readonly code: string
  readonly reason: string
}

/** One client's connection. */
export class NewexSpotSession implements VenueSession {
  readonly #client: VenueClient
  readonly #context: SessionContext
  readonly #markets = new Map<string, MarketStream>()
  readonly #delayed = new Set<Timer>()
  /** Pushes of each market's book that are to be lost. */
  readonly #skipped = new Map<Instrument, number>()
  // #private
  readonly #account = new Set<string>()
  #isLoggedIn = false
  // #end

  constructor(client: VenueClient, context: SessionContext) {
    this.#client = client
    this.#context = context
  }

  get streams(): readonly string[] {
    // #private
    return [...this.#markets.keys(), ...this.#account]
    // #public
    return [...this.#markets.keys()]
    // #end
  }

  onMessage(data: Buffer): void {
    const request = readRequest(data.toString())
    if (request === null) this.#send({ op: 'error', code: 'bad_request', reason: 'not a request' })
    else if (request.op === 'ping') this.#pong()
    // #private
    else if (request.op === 'login') this.#login(request)
    // #end
    else this.#perform(request)
  }

  onClose(): void {
    for (const timer of this.#delayed) timer.cancel()
    this.#markets.clear()
    this.#context.onEnd(this)
  }

  onMarketEvent(event: MarketEvent): void {
    const isLost = event.kind === 'book' && this.#loses(event.pair)
    for (const stream of this.#markets.values()) {
      if (stream.pair !== event.pair || (isLost && stream.channel === 'book')) continue
      const data = this.#dataOf(stream, event)
      if (data !== null) this.#push(stream.name, event.time, data)
    }
  }
  // #private

  onAccountEvent(event: AccountEvent): void {
    switch (event.kind) {
      case 'order':
        this.#pushAccount('orders', event.updatedAt, orderData(event))
        break
      case 'fill':
        this.#pushAccount('executions', event.time, fillData(event))
        break
      case 'balance':
        this.#pushAccount('balances', event.time, balanceData(event))
        break
    }
  }
  // #end

  skipUpdates(pair: Instrument, pushes: number): void {
    this.#skipped.set(pair, pushes)
  }

  /** Tells of a coming end. */
  announceEnd(): void {
    this.#send({ op: 'notice', reason: 'maintenance in five minutes' })
  }

  /** Ends the connection as for maintenance. */
  end(): void {
    this.#client.close(1001, 'maintenance')
  }

  #dataOf({ channel, pair, widthMs }: MarketStream, event: MarketEvent): Fields | null {
    const { market } = this.#context
    if (event.kind === 'book') {
      if (channel === 'book') return updateData(event)
      return channel === 'quotes' ? quoteData(market.book(pair, 1)) : null
    }
    switch (channel) {
      case 'trades':
        return tradeData(event)
      case 'ticker':
        return tickerData(market.statistics(pair))
      case 'candles':
        return candleData(market.candle(pair, widthMs))
      default:
        return null
    }
  }

  /** One answer names what was refused of a request; everything else begins with it. */
  #perform({ op, id, streams }: StreamsRequest): void {
    if (streams.length > maxStreamsPerRequest) {
      this.#answer({ op, id, code: 'too_many_streams', reason: `at most ${maxStreamsPerRequest} streams a request` })
      return
    }
    const refused: (Refusal & { readonly stream: string })[] = []
    for (const stream of streams) {
      const refusal = op === 'subscribe' ? this.#begin(stream) : this.#end(stream)
      if (refusal !== null) refused.push({ stream, ...refusal })
    }
    this.#answer(refused.length === 0 ? { op, id } : { op, id, refused })
    if (op === 'subscribe') this.#pushSnapshots(streams)
  }

  #begin(name: string): Refusal | null {
    const { market, faults } = this.#context
    if (faults.refusedStreams.some((pattern) => pattern.test(name))) {
      return { code: 'unknown_stream', reason: 'there is no such stream' }
    }
    if (!this.streams.includes(name) && this.streams.length >= faults.maxStreams) {
      return { code: 'too_many_streams', reason: `at most ${faults.maxStreams} streams a connection` }
    }
    // #private
    if (accountStreams.has(name)) {
      if (!this.#isLoggedIn) return { code: 'not_logged_in', reason: 'log in first' }
      this.#account.add(name)
      return null
    }
    // #end
    const stream = marketStreamOf(name, market.pairs)
    if (stream === null || faults.refusedPairs.has(stream.pair)) {
      return { code: 'unknown_market', reason: 'there is no such market' }
    }
    this.#markets.set(name, stream)
    return null
  }

  #end(name: string): null {
    this.#markets.delete(name)
    // #private
    this.#account.delete(name)
    // #end
    return null
  }

  /** A book begins with its snapshot. */
  #pushSnapshots(names: readonly string[]): void {
    for (const name of names) {
      const stream = this.#markets.get(name)
      if (stream?.channel !== 'book') continue
      const image = this.#context.market.book(stream.pair)
      this.#push(name, image.time, snapshotData(image))
    }
  }
  // #private

  #login(request: LoginRequest): void {
    const { clock, faults } = this.#context
    const refusal = checkLogin(request, clock.wallTime() + faults.skewMs, faults.signedRefusal)
    this.#isLoggedIn = refusal === null
    this.#answer({ op: 'login', id: request.id, ...refusal })
  }

  #pushAccount(name: string, time: number, data: Fields): void {
    if (this.#account.has(name)) this.#push(name, time, data)
  }
  // #end

  #push(name: string, time: number, data: Fields): void {
    this.#client.send(encodePush(name, time, data))
  }

  /** Sends an answer: now, later or never, as the faults say. */
  #answer(answer: object): void {
    const { clock, faults } = this.#context
    if (faults.silentAcks) return
    if (faults.ackDelayMs === 0) {
      this.#send(answer)
      return
    }
    const timer = clock.setTimer(faults.ackDelayMs, () => {
      this.#delayed.delete(timer)
      this.#send(answer)
    })
    this.#delayed.add(timer)
  }

  #pong(): void {
    const { clock, faults } = this.#context
    if (!faults.silentPongs) this.#send({ op: 'pong', time: Math.floor(clock.wallTime()) })
  }

  #send(message: object): void {
    this.#client.send(JSON.stringify(message))
  }

  /** Whether the next push of this book is one of those to lose, of which there is one less then. */
  #loses(pair: Instrument): boolean {
    const left = this.#skipped.get(pair) ?? 0
    if (left > 0) this.#skipped.set(pair, left - 1)
    return left > 0
  }
}
