import {
  type BookEvent,
  type PublicChannel,
  type StreamError,
  WebSocketManager,
  WebSocketStrategySet,
} from '@tapewire/core'
import { abortable } from '@tapewire/core/adapter'
import {
  type CaptureBook,
  type ExchangeEmulation,
  type RecordedAnswer,
  type ReplayServer,
  startReplayServer,
} from '@tapewire/testkit'
import type { CapturePart } from '../../captures/capture-content.js'
import { CliError } from '../../cli-error.js'
import type { MessageTally } from '../../messages/message-tally.js'
import { beginningWith } from './recorded-books.js'
import { finishBooks, type ReplayedBooks } from './replayed-books.js'

/** Frames to play, and who connects to hear them. */
export interface PartJob {
  readonly part: CapturePart
  readonly rest: readonly RecordedAnswer[]
  /** Those it begins with. */
  readonly books: readonly CaptureBook[]
  readonly connect: (server: ReplayServer) => WebSocketStrategySet
}

/** How order books are asked for: `onBooks` is told once, before anything is unsubscribed; `fenceChannel` is any market channel of the exchange. */
interface BooksRequest {
  readonly fenceChannel: PublicChannel
  readonly onBooks: (books: ReplayedBooks) => void
}

interface PlayContext {
  readonly emulation: ExchangeEmulation
  readonly speed: number | 'max'
  readonly tally: MessageTally
  readonly signal: AbortSignal
  readonly onError: (error: StreamError) => void
  readonly onBookEvent: (event: BookEvent) => void
  /** Set where the order books are asked for. */
  readonly books: BooksRequest | null
}

/** However slow the machine, the acknowledgement behind the last frame is waited for, ms. */
const acknowledgementTimeoutMs = 60_000

/**
 * Plays one part from a server of its own to one connection, and resolves once everything was delivered.
 * Rejects with `ERR_REPLAY_INCOMPLETE` where the connection ended before the capture did.
 */
export async function playPart(job: PartJob, context: PlayContext): Promise<void> {
  const { part, rest, books, connect } = job
  const { emulation, tally, signal } = context
  const server = await startReplayServer({
    frames: part.frames,
    rest,
    speed: context.speed,
    startOn: 'begin',
    acknowledge: (message, now) => emulation.acknowledge(message, now),
  })
  const lost = new AbortController()
  const manager = new WebSocketManager({
    strategies: onOneConnection(connect(server), books),
    config: { maxReconnectAttempts: 0, acknowledgementTimeoutMs },
    onMessage: tally.count,
    onBookEvent: context.onBookEvent,
    onError: (error) => {
      if (error.code === 'ERR_RECONNECT_EXHAUSTED') lost.abort(incomplete(server, error))
      else context.onError(error)
    },
  })
  try {
    const over = AbortSignal.any([signal, lost.signal])
    const { symbols, channels } = part
    await manager.initialize({ symbols, channels, signal: over })
    server.begin()
    await abortable(server.done, over)
    if (context.books !== null && channels.includes('orderbook')) {
      const { fenceChannel, onBooks } = context.books
      onBooks(await abortable(finishBooks(manager, fenceChannel, over), over))
    }
    // Its acknowledgement comes behind everything that was played: once it is here, all of that was delivered.
    await manager.unsubscribe(symbols, channels, { signal: over })
    over.throwIfAborted()
  } finally {
    tally.countUndelivered(manager.getPerformanceMetrics())
    await manager.close()
    await server.close()
  }
}

/** However many streams there are: a second connection would be played the same frames again. */
function onOneConnection(strategies: WebSocketStrategySet, books: readonly CaptureBook[]): WebSocketStrategySet {
  const limits = {
    ...strategies.limits,
    streamsPerConnection: Number.POSITIVE_INFINITY,
    streamHeadroom: 0,
    connectionLifetimeMs: Number.POSITIVE_INFINITY,
  }
  return new WebSocketStrategySet({ ...strategies, limits, bookRules: beginningWith(books, strategies.bookRules) })
}

function incomplete(server: ReplayServer, error: StreamError): CliError {
  const cause = error.cause instanceof Error && 'shortMessage' in error.cause ? ` ${error.cause.shortMessage}` : ''
  return new CliError(
    'ERR_REPLAY_INCOMPLETE',
    `The connection ended before all of its ${server.total} frames were delivered.${cause}`,
    'A frame may be damaged: tapewire decode shows what each one says.',
  )
}
