import type { Clock, Instrument, Timer } from '@tapewire/core'
import {
  type BookImage,
  type FaultSwitches,
  type MarketEvent,
  type MarketSimulator,
  type MarketTrade,
  randomInteger,
  type VenueClient,
  type VenueSession,
} from '@tapewire/testkit'
import { BookWindow, windowDepth } from './book-window.js'
import { readRequest, type StreamsRequest, streamOf, type VenueStream } from './requests.js'

const maxStreamsPerRequest = 50

/** Acme asks each client this often whether it is there, and ends the connection of one that has not answered by the next time. */
const pingIntervalMs = 20_000

/** What a session shares with its venue. */
export interface SessionContext {
  readonly clock: Clock
  readonly market: MarketSimulator
  readonly random: () => number
  readonly faults: FaultSwitches
  readonly onEnd: (session: AcmeSpotSession) => void
}

/** A stream that a client has, with what of its book the client was told. */
interface OpenStream extends VenueStream {
  readonly number: number
  readonly window: BookWindow | null
}

/** One client's connection. */
export class AcmeSpotSession implements VenueSession {
  readonly #client: VenueClient
  readonly #context: SessionContext
  readonly #streams = new Map<string, OpenStream>()
  /** A stream keeps its number for as long as the connection lasts. */
  readonly #numbers = new Map<string, number>()
  #nextNumber: number
  readonly #delayed = new Set<Timer>()
  #isAnswered = true
  #pingTimer: Timer
  /** Pushes of each market's book that are to be lost, or sent with a wrong checksum. */
  readonly #skipped = new Map<Instrument, number>()
  readonly #spoiled = new Map<Instrument, number>()

  constructor(client: VenueClient, context: SessionContext) {
    this.#client = client
    this.#context = context
    this.#nextNumber = randomInteger(context.random, 1, 900)
    this.#pingTimer = this.#pingLater()
  }

  get streams(): readonly string[] {
    return [...this.#streams.keys()]
  }

  onMessage(data: Buffer): void {
    const request = readRequest(data.toString())
    if (request === null) this.#send({ op: 'error', code: 400, text: 'not a request' })
    else if (request.op === 'pong') this.#isAnswered = true
    else if (request.op === 'ping') this.#pong()
    else if (request.streams.length > maxStreamsPerRequest) {
      this.#answer({
        op: request.op,
        id: request.id,
        code: 413,
        text: `at most ${maxStreamsPerRequest} streams a request`,
      })
    } else this.#perform(request)
  }

  onClose(): void {
    this.#pingTimer.cancel()
    for (const timer of this.#delayed) timer.cancel()
    this.#streams.clear()
    this.#context.onEnd(this)
  }

  onMarketEvent(event: MarketEvent): void {
    for (const stream of this.#streams.values()) {
      if (stream.pair !== event.pair) continue
      if (event.kind === 'trade') this.#pushTrade(stream, event)
      else this.#pushBook(stream)
    }
  }

  skipUpdates(pair: Instrument, pushes: number): void {
    this.#skipped.set(pair, pushes)
  }

  spoilChecksum(pair: Instrument, pushes: number): void {
    this.#spoiled.set(pair, pushes)
  }

  sayGoodbye(): void {
    this.#send({ op: 'goodbye', text: 'maintenance in five minutes' })
  }

  /** Ends the connection as for maintenance. */
  end(): void {
    this.#client.close(1001, 'maintenance')
  }

  /** One answer for each stream: what is refused stands beside what is not. */
  #perform({ op, id, streams }: StreamsRequest): void {
    const { market, faults } = this.#context
    for (const name of streams) {
      if (op === 'unsubscribe') {
        this.#streams.delete(name)
        this.#answer({ op, id, stream: name })
        continue
      }
      const stream = streamOf(name, market.pairs)
      if (stream === null || faults.refusedPairs.has(stream.pair)) {
        this.#answer({ op, id, stream: name, code: 404, text: 'no such market' })
      } else {
        const number = this.#numberOf(name)
        this.#answer({ op, id, stream: name, number }, () => this.#open(stream, number))
      }
    }
  }

  /** A book begins with its snapshot. */
  #open(stream: VenueStream, number: number): void {
    const { market } = this.#context
    const window = stream.channel === 'books' ? new BookWindow(market.precision(stream.pair)) : null
    this.#streams.set(stream.name, { ...stream, number, window })
    if (window !== null) this.#client.send(pushText(number, window.snapshot(market.book(stream.pair, windowDepth))))
  }

  #numberOf(name: string): number {
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    const number = this.#nextNumber
    this.#nextNumber += 1
    this.#numbers.set(name, number)
    return number
  }

  /** Sends an answer, now or later as the faults say, and then begins what it promises. */
  #answer(answer: object, then: () => void = () => {}): void {
    const { clock, faults } = this.#context
    const perform = (): void => {
      if (!faults.silentAcks) this.#send(answer)
      then()
    }
    if (faults.ackDelayMs === 0) {
      perform()
      return
    }
    const timer = clock.setTimer(faults.ackDelayMs, () => {
      this.#delayed.delete(timer)
      perform()
    })
    this.#delayed.add(timer)
  }

  #pushTrade({ channel, number }: OpenStream, { id, price, size, side, time }: MarketTrade): void {
    if (channel !== 'trades') return
    this.#client.send(
      pushText(number, `"time":${time},"trades":[[${id},${price},${size},"${side === 'buy' ? 'b' : 's'}"]]`),
    )
  }

  #pushBook({ channel, number, pair, window }: OpenStream): void {
    const { market } = this.#context
    if (channel === 'quotes') this.#client.send(pushText(number, quote(market.book(pair, 1))))
    const text = window?.update(market.book(pair, windowDepth)) ?? null
    if (text === null || countDown(this.#skipped, pair)) return
    this.#client.send(pushText(number, countDown(this.#spoiled, pair) ? text.replace(/\d+$/, '1') : text))
  }

  #pong(): void {
    if (!this.#context.faults.silentPongs) this.#send({ op: 'pong', time: this.#time() })
  }

  #pingLater(): Timer {
    return this.#context.clock.setTimer(pingIntervalMs, () => {
      if (!this.#isAnswered) {
        this.#client.terminate()
        return
      }
      this.#isAnswered = false
      this.#send({ op: 'ping', time: this.#time() })
      this.#pingTimer = this.#pingLater()
    })
  }

  #time(): number {
    return Math.floor(this.#context.clock.now())
  }

  #send(message: object): void {
    this.#client.send(JSON.stringify(message))
  }
}

function pushText(number: number, rest: string): string {
  return `{"number":${number},${rest}}`
}

function quote({ bids, asks, lastId, time }: BookImage): string {
  const [bid, ask] = [bids, asks].map(([best]) => (best === undefined ? 'null' : `[${best[0]},${best[1]}]`))
  return `"time":${time},"id":${lastId},"bid":${bid},"ask":${ask}`
}

/** Whether something is left to count, one less each time. */
function countDown(counts: Map<Instrument, number>, pair: Instrument): boolean {
  const left = counts.get(pair) ?? 0
  if (left === 0) return false
  counts.set(pair, left - 1)
  return true
}
