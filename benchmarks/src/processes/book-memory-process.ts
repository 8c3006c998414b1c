// What many books hold while they are updated, in a process of its own.

import { MessageType, parseInstrument, type Stream } from '@tapewire/core'
import { BookRegistry, createEnv, type InboundFrame, type ParsedMessage } from '@tapewire/core/adapter'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { createRandom } from '@tapewire/testkit'
import { bookChangeFrame, fullBookFrame } from '../workloads/gateio-book-frames.js'
import { commands, report } from './child-side.js'

export interface BookMemoryCommand {
  readonly kind: 'hold-books'
  readonly books: number
  /** Levels a side: one of Gate.io's depths. */
  readonly levels: 50 | 400
  readonly updatesPerSecond: number
  readonly samples: number
  readonly secondsBetweenSamples: number
}

/** After a full garbage collection, bytes; what there was before the first book is taken off the first two. */
export interface BookMemoryReport {
  readonly kind: 'book-memory'
  readonly heapBytes: number
  /** Memory of typed arrays, which lies outside the heap. */
  readonly arrayBytes: number
  readonly residentBytes: number
  readonly updates: number
}

const tickMs = 10

async function hold(command: BookMemoryCommand): Promise<void> {
  const books = new HeldBooks(command)
  const before = memory()
  books.open()
  for (let sample = 0; sample < command.samples; sample += 1) {
    if (sample > 0) await books.update(command.secondsBetweenSamples)
    const now = memory()
    report<BookMemoryReport>({
      kind: 'book-memory',
      heapBytes: now.heapUsed - before.heapUsed,
      arrayBytes: now.arrayBuffers - before.arrayBuffers,
      residentBytes: now.rss,
      updates: books.updates,
    })
  }
  books.close()
}

function memory(): NodeJS.MemoryUsage {
  if (globalThis.gc === undefined) throw new Error('The process needs --expose-gc.')
  globalThis.gc()
  return process.memoryUsage()
}

/** Books of `spot.obu`, from bytes on; each update must leave its book live. */
class HeldBooks {
  updates = 0
  readonly #command: BookMemoryCommand
  readonly #random: () => number = createRandom(20_260_106)
  readonly #parser: ReturnType<typeof gateioSpot.public>['messageParser']
  readonly #registry: BookRegistry
  readonly #markets: readonly string[]
  readonly #streams: readonly Stream[]
  /** How many frames each book has had. */
  readonly #counts: Int32Array

  constructor(command: BookMemoryCommand) {
    const { subscriptionStrategy, messageParser, bookRules } = gateioSpot.public({
      orderbookChannel: 'obu',
      orderbookDepth: command.levels,
    })
    if (bookRules === null) throw new Error('The channel has no book rules.')
    this.#command = command
    this.#parser = messageParser
    this.#registry = new BookRegistry({
      rules: bookRules,
      env: createEnv(),
      resubscribe: async (_stream, onEnded) => onEnded(),
    })
    this.#markets = Array.from({ length: command.books }, (_, index) => `A${index}_USDT`)
    this.#counts = new Int32Array(command.books)
    const instruments = this.#markets.map((market) => parseInstrument(market.replace('_', '/')))
    this.#streams = subscriptionStrategy.plan({ channel: 'orderbook', instruments, candleIntervals: null })
  }

  open(): void {
    for (const [index, market] of this.#markets.entries()) {
      this.#registry.track(this.#streams[index] as Stream)
      this.#take(index, fullBookFrame(this.#random, 0, market, this.#command.levels))
    }
  }

  async update(seconds: number): Promise<void> {
    const { updatesPerSecond, levels } = this.#command
    const startedAt = performance.now()
    for (let done = 0; done < seconds * updatesPerSecond; ) {
      await new Promise((resolve) => setTimeout(resolve, tickMs))
      const due = Math.min(seconds, (performance.now() - startedAt) / 1000) * updatesPerSecond
      for (; done < due; done += 1) {
        const index = this.updates % this.#markets.length
        const count = this.#counts[index] as number
        this.#take(index, bookChangeFrame(this.#random, count, this.#markets[index] as string, levels))
        this.updates += 1
      }
    }
  }

  close(): void {
    this.#registry.close()
  }

  #take(index: number, text: string): void {
    const bytes = Buffer.from(text)
    const frame: InboundFrame = { bytes, start: 0, end: bytes.length, isBinary: false, receivedAt: Date.now() }
    const message = this.#parser.parse(frame) as ParsedMessage
    if (message.type !== MessageType.Orderbook) throw new Error(`The frame was read as ${message.type}.`)
    this.#registry.apply(message)
    if (this.#registry.book(message.symbol)?.isLive !== true) throw new Error(`${message.symbol} is not live.`)
    this.#counts[index] = (this.#counts[index] as number) + 1
  }
}

commands<BookMemoryCommand>(hold)
