import type {
  BookEvent,
  ConnectionStateEvent,
  DropEvent,
  FeedMessage,
  GapEvent,
  Log,
  MessageOf,
  MessageType,
  StreamError,
  StreamState,
  WebSocketManagerOptions,
} from '@tapewire/core'

/** Everything that one manager has told, each kind in order, down to its log. */
export class StageRecord {
  readonly messages: FeedMessage[] = []
  readonly connections: ConnectionStateEvent[] = []
  readonly streams: StreamState[] = []
  readonly errors: StreamError[] = []
  readonly drops: DropEvent[] = []
  readonly gaps: GapEvent[] = []
  readonly books: BookEvent[] = []
  /** Each line as it was given to the logger. */
  readonly log: unknown[] = []

  /** For a manager. */
  get handlers(): Pick<
    WebSocketManagerOptions,
    'onMessage' | 'onConnectionState' | 'onStreamState' | 'onError' | 'onDrop' | 'onGap' | 'onBookEvent' | 'logger'
  > {
    return {
      logger: this.#logger(),
      onMessage: (message) => void this.messages.push(message),
      onConnectionState: (event) => void this.connections.push(event),
      onStreamState: (state) => void this.streams.push(state),
      onError: (error) => void this.errors.push(error),
      onDrop: (event) => void this.drops.push(event),
      onGap: (event) => void this.gaps.push(event),
      onBookEvent: (event) => void this.books.push(event),
    }
  }

  of<Type extends FeedMessage['type'] & MessageType>(type: Type): readonly Extract<MessageOf<Type>, FeedMessage>[] {
    return this.messages.filter((message): message is Extract<MessageOf<Type>, FeedMessage> => message.type === type)
  }

  #logger(): Log {
    const write = (...line: unknown[]): void => void this.log.push(line)
    const log: Log = { trace: write, debug: write, info: write, warn: write, error: write, child: () => log }
    return log
  }
}
