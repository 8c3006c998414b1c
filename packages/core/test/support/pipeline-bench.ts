import { ManualClock } from '../../src/clock/manual-clock.js'
import {
  confirmMessage,
  dataMessage,
  errorMessage,
  heartbeatMessage,
  replyMessage,
  sideMessage,
} from '../../src/decode/compose-message.js'
import type { StreamError } from '../../src/errors/stream-error.js'
import { MessageMeter } from '../../src/metrics/message-meter.js'
import { StageMeter } from '../../src/metrics/stages/stage-meter.js'
import { SampleTimes } from '../../src/metrics/windows/sample-times.js'
import { frameOf, type InboundFrame } from '../../src/model/inbound-frame.js'
import { tradingPair } from '../../src/model/instrument.js'
import type { FeedMessage, ParsedMessage } from '../../src/model/message.js'
import { MessageType } from '../../src/model/message-type.js'
import type { Stream } from '../../src/model/stream.js'
import { Pipeline, type PipelineOptions } from '../../src/pipeline/pipeline.js'
import type { MessageParser, Peek } from '../../src/strategy/message-parser.js'
import { streamOf } from './streams.js'

/** What data is of, by the letters before its number: none for a trade, `t` and `e` for tickers of two instruments, `q` for the quote in the first of these. */
interface WordStreams {
  readonly trades: Stream
  readonly btcTicker: Stream
  readonly ethTicker: Stream
}

function wordStreams(): WordStreams {
  const instrument = tradingPair('ETH', 'USDT')
  return {
    trades: streamOf('trades'),
    btcTicker: streamOf('ticker:btc', { channels: ['ticker', 'book_ticker'] }),
    ethTicker: streamOf('ticker:eth', { channels: ['ticker', 'book_ticker'], instrument }),
  }
}

const noTicker = {
  last: null,
  open: null,
  high: null,
  low: null,
  baseVolume: null,
  quoteVolume: null,
  change: null,
  bidPrice: null,
  askPrice: null,
}
const noQuote = { bidPrice: null, bidSize: null, askPrice: null, askSize: null }

const replyData = { requestId: 7, ok: true, exchangeCode: null, reason: null, payload: null }

function wordsOf(frame: InboundFrame): readonly string[] {
  return frame.bytes.toString('latin1', frame.start, frame.end).split(' ')
}

/**
 * Frames of one word a message, parted by spaces: a number is a trade, `t7` and `e7` are tickers, `q7` is a quote; `ack`, `reply`, `pong`, `error`; `throw` makes
 * the parser fail. A look tells control, and the stream where all words are of one.
 */
function wordParser({ trades, btcTicker, ethTicker }: WordStreams): MessageParser {
  const streamOfWord = (word: string): Stream | null => {
    if (/^[tq]\d/.test(word)) return btcTicker
    if (/^e\d/.test(word)) return ethTicker
    return /^\d/.test(word) ? trades : null
  }
  const messageOf = (word: string, at: number): ParsedMessage => {
    if (word === 'ack') return confirmMessage(at, { others: 'accepted' })
    if (word === 'reply') return replyMessage(at, replyData)
    if (word === 'pong') return heartbeatMessage(at, 'pong')
    if (word === 'error') return errorMessage(at, '42', 'no')
    const stream = streamOfWord(word)
    if (stream === null) throw new RangeError('offset out of range')
    const { instrument } = stream
    if (stream === trades) return dataMessage<'trades'>(stream, instrument, [], null, at, Number(word))
    const ticker = dataMessage<'ticker'>(stream, instrument, noTicker, null, at, Number(word.slice(1)))
    return word.startsWith('q') ? sideMessage('book_ticker', MessageType.BookTicker, ticker, noQuote) : ticker
  }
  return {
    peek: (frame) => {
      const words = wordsOf(frame)
      if (words.some((word) => /ack|reply|pong|error/.test(word))) return 'control'
      const [first = null, ...others] = new Set(words.map(streamOfWord))
      return others.length === 0 ? first : null
    },
    parse: (frame) => {
      const messages = wordsOf(frame).map((word) => messageOf(word, frame.receivedAt))
      return messages.length === 1 ? (messages[0] as ParsedMessage) : messages
    },
  }
}

/** Options of a pipeline, with single methods of the parser in place of the usual ones. */
export interface PipelineBenchOptions extends Partial<Omit<PipelineOptions, 'consumer'>> {
  readonly parser?: {
    readonly parse?: (frame: InboundFrame) => unknown
    readonly peek?: (frame: InboundFrame) => unknown
  }
}

/** A pipeline with everything it tells its consumer written down, in order. */
export class PipelineBench {
  readonly clock: ManualClock = new ManualClock()
  readonly meter: MessageMeter = new MessageMeter()
  readonly stages: StageMeter = new StageMeter(new SampleTimes())
  readonly streams: WordStreams = wordStreams()
  readonly messages: FeedMessage[] = []
  /** `7` delivered, `late 7` too, `t7`, `e7`, `q7`, `control 0`, `drop trades`, `pause`, `resume`, `failed ERR_…`. */
  readonly log: string[] = []
  readonly failures: StreamError[] = []
  /** Parsers that have nothing left to read. */
  readonly ended: MessageParser[] = []
  readonly pipeline: Pipeline
  /** How often the parser was asked. */
  parses = 0
  peeks = 0
  /** What the handler does with a message. */
  handle: (message: FeedMessage) => unknown = () => undefined

  constructor({ parser, ...options }: PipelineBenchOptions = {}) {
    const { parse, peek } = { ...wordParser(this.streams), ...parser }
    this.pipeline = new Pipeline({
      meter: this.meter,
      clock: this.clock,
      maxPendingMessages: 1_000,
      maxPendingBytes: 1_000_000,
      overflowPolicy: 'pause',
      batchSize: 100,
      messageTimeoutMs: 30_000,
      stages: this.stages,
      includeRaw: false,
      ...options,
      consumer: {
        deliver: (message, isLate) => {
          this.messages.push(message)
          this.log.push(isLate ? `late ${this.#textOf(message)}` : this.#textOf(message))
          return this.handle(message) as undefined
        },
        control: (message) => void this.log.push(`control ${message.type}`),
        dropped: (stream) => void this.log.push(`drop ${stream?.id ?? null}`),
        handlerFailed: (error) => {
          this.failures.push(error)
          this.log.push(`failed ${error.code}`)
        },
        readToEnd: (ended) => void this.ended.push(ended),
        setPaused: (paused) => void this.log.push(paused ? 'pause' : 'resume'),
        holdIsFull: () => void this.log.push('hold full'),
      },
    })
    this.pipeline.beginConnection({
      parse: (frame) => {
        this.parses += 1
        return parse(frame) as ParsedMessage
      },
      peek: (frame) => {
        this.peeks += 1
        return peek(frame) as Peek
      },
    })
  }

  /** One frame for each text. */
  accept(...texts: (string | number)[]): void {
    for (const text of texts) this.pipeline.accept(frameOf(String(text), this.clock.now()))
  }

  /** A handler that waits, for every message, until `open()` is called for it; later ones queue up behind. */
  gate(): { open: () => void } {
    const waiting: (() => void)[] = []
    this.handle = () => new Promise<void>((resolve) => waiting.push(resolve))
    return { open: () => waiting.shift()?.() }
  }

  /** Lets everything through that waits, the message that is being handled included. */
  async release(gate: { open: () => void }): Promise<void> {
    this.handle = () => undefined
    gate.open()
    await this.pipeline.whenIdle()
  }

  #textOf({ type, stream, sequence }: FeedMessage): string {
    if (type === MessageType.Error) return 'error'
    if (type === MessageType.BookTicker) return `q${sequence}`
    if (type === MessageType.Ticker) return `${stream === this.streams.ethTicker ? 'e' : 't'}${sequence}`
    return String(sequence)
  }
}
