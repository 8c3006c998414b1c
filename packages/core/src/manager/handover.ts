import type { FeedMessage } from '../model/message.js'

/**
 * Keeps a message from being lost or delivered twice while one connection takes over from another that carries the same streams.
 *
 * The old one goes on delivering and is remembered; the new one is held back (its pipeline waits on `gate`) until the old one has ended; what the old one
 * already delivered is then left out of what the new one held.
 */
export class Handover {
  readonly #delivered = new Set<string>()
  readonly gate: Promise<void>
  #open: () => void = () => {}
  #isOpen = false

  constructor() {
    this.gate = new Promise((resolve) => {
      this.#open = resolve
    })
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** The old connection delivered this. */
  remember(message: FeedMessage): void {
    this.#delivered.add(identityOf(message))
  }

  /** Whether the old connection delivered this already. */
  wasDelivered(message: FeedMessage): boolean {
    return this.#delivered.delete(identityOf(message))
  }

  /** The old connection has ended; the new one may go on. */
  open(): void {
    this.#isOpen = true
    this.#open()
  }
}

/** What makes two messages the same event, seen over two connections. Receipt and raw bytes differ; content and sequence do not. */
function identityOf(message: FeedMessage): string {
  const { type, symbol, channel, sequence, data } = message
  return `${type}|${channel}|${symbol?.name}|${sequence}|${JSON.stringify(data)}`
}
