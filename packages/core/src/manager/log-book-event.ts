import type { Log } from '../config/logger.js'
import type { BookEvent } from './manager-books.js'

/** Writes down what happened to an order book: `info` where it heals by itself, `warn` where it cost something or may go on. */
export function logBookEvent(event: BookEvent, log: Log): void {
  const symbol = event.symbol.name
  switch (event.kind) {
    case 'gap':
      log.info({ event: 'book-gap', symbol, reason: event.reason, expected: event.expected, got: event.got })
      return
    case 'resync':
      log.info({
        event: 'book-resync',
        symbol,
        reason: event.reason,
        durationMs: event.durationMs,
        attempts: event.attempts,
      })
      return
    case 'crossed': {
      const { bidPrice, askPrice, isLocked } = event
      log.info({ event: 'book-crossed', symbol, bidPrice, askPrice, isLocked })
      return
    }
    case 'snapshot-failure': {
      const { error, failures, isExhausted } = event
      log.warn({ event: 'book-snapshot-failure', symbol, code: error.code, failures, isExhausted, err: error })
      return
    }
    case 'divergence': {
      const { side, index, expected, got, sequence, snapshotSequence } = event
      log.warn({ event: 'book-divergence', symbol, side, index, expected, got, sequence, snapshotSequence })
      return
    }
  }
}
