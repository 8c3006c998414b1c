import {
  type Channel,
  confirmMessage,
  errorMessage,
  type FeedMessage,
  frameOf,
  heartbeatMessage,
  ManualClock,
  type MessageParser,
  MessageType,
  type ParsedMessage,
  type StreamError,
} from '../../src/index.js'
import { MessageMeter } from '../../src/metrics/message-meter.js'
import { Pipeline, type PipelineOptions } from '../../src/pipeline/pipeline.js'

/** A trade whose sequence is its content. */
function trade(sequence: number, receivedAt: number, channel: Channel = 'trades'): ParsedMessage {
  return {
    type: channel === 'trades' ? MessageType.Trades : MessageType.Ticker,
    symbol: null,
    channel,
    data: [],
    exchangeTime: null,
    receivedAt,
    sequence,
    raw: null,
  } as unknown as ParsedMessage
}

const answer = {
  action: null,
  requestId: null,
  wireChannel: null,
  accepted: 'all',
  rejected: [],
  refusedAll: null,
} as const

/** Frames of one word a message, parted by spaces: a number is a trade, `t7` a ticker; `ack`, `pong`, `error`; `throw` makes the parser fail. */
export const wordParser: MessageParser = {
  isControl: (frame) => /ack|pong|error/.test(frame.bytes.toString('latin1', frame.start, frame.end)),
  parse: (frame) => {
    const words = frame.bytes.toString('latin1', frame.start, frame.end).split(' ')
    const messages = words.map((word): ParsedMessage => {
      if (word === 'ack') return confirmMessage(frame.receivedAt, answer)
      if (word === 'pong') return heartbeatMessage(frame.receivedAt, 'pong')
      if (word === 'error') return errorMessage(frame.receivedAt, '42', 'no')
      if (word === 'throw') throw new RangeError('offset out of range')
      return word.startsWith('t')
        ? trade(Number(word.slice(1)), frame.receivedAt, 'ticker')
        : trade(Number(word), frame.receivedAt)
    })
    return messages.length === 1 ? (messages[0] as ParsedMessage) : messages
  },
}

/** A pipeline with everything it tells its consumer written down, in order. */
export class PipelineBench {
  readonly clock: ManualClock = new ManualClock()
  readonly meter: MessageMeter = new MessageMeter()
  readonly messages: FeedMessage[] = []
  /** `7` delivered, `late 7` too, `control 0`, `drop 7`, `pause`, `resume`, `failed ERR_…`. */
  readonly log: string[] = []
  readonly failures: StreamError[] = []
  readonly pipeline: Pipeline
  /** What the handler does with a message. */
  handle: (message: FeedMessage) => unknown = () => undefined

  constructor(options: Partial<PipelineOptions> = {}) {
    this.pipeline = new Pipeline({
      parser: wordParser,
      meter: this.meter,
      clock: this.clock,
      maxPendingMessages: 1_000,
      maxPendingBytes: 1_000_000,
      overflowPolicy: 'pause',
      batchSize: 100,
      messageTimeoutMs: 30_000,
      measure: true,
      includeRaw: false,
      ...options,
      consumer: {
        deliver: (message, isLate) => {
          this.messages.push(message)
          const text = message.type === MessageType.Error ? 'error' : String(message.sequence)
          this.log.push(isLate ? `late ${text}` : text)
          return this.handle(message) as undefined
        },
        control: (message) => void this.log.push(`control ${message.type}`),
        dropped: (message) => void this.log.push(`drop ${message.sequence}`),
        handlerFailed: (error) => {
          this.failures.push(error)
          this.log.push(`failed ${error.code}`)
        },
        setPaused: (paused) => void this.log.push(paused ? 'pause' : 'resume'),
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
}
