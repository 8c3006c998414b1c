import { resolveBookOptions } from '../book/book-options.js'
import type { Stream, StreamState } from '../model/stream.js'
import type { StrategyEnv } from '../strategy/env.js'
import type { WebSocketStrategySet } from '../strategy/strategy-set.js'
import type { Announcer } from './announcer.js'
import { logBookEvent } from './log-book-event.js'
import { ManagerBooks } from './manager-books.js'
import type { WebSocketManagerOptions } from './manager-options.js'

/** Whose books they are. */
export interface BooksOwner {
  readonly env: StrategyEnv
  readonly announcer: Announcer
  onState(state: StreamState): void
  /** Ends the subscription of this stream, says so by `onEnded`, and asks for it anew. */
  resubscribe(stream: Stream, onEnded: () => void): Promise<void>
}

/** The books of one manager; null where the user wants none, or the adapter has no rules for them. Throws `ERR_INVALID_CONFIG`. */
export function keepBooks(
  { bookRules: rules }: WebSocketStrategySet,
  { books = {} }: Pick<WebSocketManagerOptions, 'books'>,
  { env, announcer, onState, resubscribe }: BooksOwner,
): ManagerBooks | null {
  if (books === false) return null
  // A misspelt option is one where no books are kept, too.
  const options = resolveBookOptions(books)
  if (rules === null) return null
  return new ManagerBooks({
    rules,
    env,
    options,
    onState,
    onEvent: (event) => {
      logBookEvent(event, env.log)
      announcer.tell('book', event)
    },
    onError: (error) => announcer.report(error),
    resubscribe,
  })
}
