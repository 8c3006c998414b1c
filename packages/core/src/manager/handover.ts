import type { FeedMessage } from '../model/message.js'

/**
 * Keeps a message from being delivered twice while one connection takes over from another that carries the same streams.
 *
 * The old one goes on delivering and is remembered; the new one is held back until the old one has ended; what the old one already delivered is then left
 * out of what the new one held.
 */
export class Handover {
  /** How often each was delivered: two trades can be alike. */
  readonly #delivered = new Map<string, number>()

  /** The old connection delivered this. */
  remember(message: FeedMessage): void {
    const identity = identityOf(message)
    this.#delivered.set(identity, (this.#delivered.get(identity) ?? 0) + 1)
  }

  /** Whether the old connection delivered this already; each of its messages answers for one. */
  wasDelivered(message: FeedMessage): boolean {
    const identity = identityOf(message)
    const times = this.#delivered.get(identity)
    if (times === undefined) return false
    if (times === 1) this.#delivered.delete(identity)
    else this.#delivered.set(identity, times - 1)
    return true
  }
}

/** What makes two messages the same event, seen over two connections. Receipt and raw bytes differ; content and sequence do not. */
function identityOf(message: FeedMessage): string {
  const { type, symbol, channel, sequence, data } = message
  return `${type}|${channel}|${symbol?.name}|${sequence}|${JSON.stringify(data)}`
}
