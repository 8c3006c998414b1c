import type {
  BookEvent,
  ConnectionStateEvent,
  DropEvent,
  FeedListeners,
  FeedMessage,
  GapEvent,
  MessageOf,
  MessageType,
  StreamError,
  StreamState,
  WebSocketManagerOptions,
} from '@tapewire/core'
import { type Logger, pino } from 'pino'
import type { Waiting } from './waiting.js'

/** A line of the log, as far as tests look into it. */
export interface LogLine {
  readonly event: string
  readonly connectionId?: string
  readonly exchange?: string
  readonly attempt?: number | null
  readonly stream?: string
  readonly delayMs?: number
  readonly code?: string
  readonly err?: { readonly type: string; readonly message: string; readonly stack: string; readonly code?: string }
}

/** Everything one feed or manager has told, each kind in order, down to the last line of its log. */
export class FeedRecord {
  readonly messages: FeedMessage[] = []
  readonly connections: ConnectionStateEvent[] = []
  readonly streams: StreamState[] = []
  readonly errors: StreamError[] = []
  readonly drops: DropEvent[] = []
  readonly gaps: GapEvent[] = []
  readonly books: BookEvent[] = []
  /** Lines as they were written. */
  readonly log: string[] = []
  readonly logger: Logger
  /** Makes the handler of a manager take a turn of the event loop for each message. */
  isSlow: boolean = false
  readonly #waiting: Waiting

  /** With `trace` every frame is in the log, which costs a test time. */
  constructor(waiting: Waiting, level: 'debug' | 'trace' = 'debug') {
    this.#waiting = waiting
    this.logger = pino({ level }, { write: this.#into(this.log) })
  }

  /** For `createPublicExchange` and `createPrivateExchange`. */
  get listeners(): FeedListeners {
    return {
      message: this.#into(this.messages),
      connection: this.#into(this.connections),
      stream: this.#into(this.streams),
      error: this.#into(this.errors),
      drop: this.#into(this.drops),
      gap: this.#into(this.gaps),
      book: this.#into(this.books),
    }
  }

  /** For a `WebSocketManager`. */
  get handlers(): Pick<
    WebSocketManagerOptions,
    'onMessage' | 'onConnectionState' | 'onStreamState' | 'onError' | 'onDrop' | 'onGap' | 'onBookEvent' | 'logger'
  > {
    const keep = this.#into(this.messages)
    return {
      logger: this.logger,
      onMessage: (message) => {
        keep(message)
        return this.isSlow ? new Promise((resolve) => setImmediate(resolve)) : undefined
      },
      onConnectionState: this.#into(this.connections),
      onStreamState: this.#into(this.streams),
      onError: this.#into(this.errors),
      onDrop: this.#into(this.drops),
      onGap: this.#into(this.gaps),
      onBookEvent: this.#into(this.books),
    }
  }

  of<Type extends FeedMessage['type'] & MessageType>(type: Type): readonly Extract<MessageOf<Type>, FeedMessage>[] {
    return this.messages.filter((message): message is Extract<MessageOf<Type>, FeedMessage> => message.type === type)
  }

  /** The states of the connections, in order. */
  get states(): readonly string[] {
    return this.connections.map(({ state }) => state)
  }

  /** The lines of the log with this event name. */
  logged(event: string): readonly LogLine[] {
    return this.log.filter((line) => line.includes(`"event":"${event}"`)).map((line) => JSON.parse(line) as LogLine)
  }

  #into<Item>(list: Item[]): (item: Item) => void {
    return (item) => {
      list.push(item)
      this.#waiting.wake()
    }
  }
}
