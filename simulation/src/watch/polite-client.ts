import type { Finding, Watch } from '../world/watch.js'
import type { World } from '../world/world.js'

/** What one socket was asked for at one moment. */
interface Breath {
  at: number
  readonly asked: Set<string>
}

/**
 * The exchange is asked once for each stream, not twice in one breath, and is left alone for as long as it wants to be. What an answer may make right to ask for again has had to travel
 * there and back.
 */
export class PoliteClient implements Watch {
  readonly name = 'polite client'
  readonly #world: World
  readonly #breaths = new Map<number, Breath>()
  #leaveAloneUntil = 0
  #finding: Finding = null

  constructor(world: World) {
    this.#world = world
    world.listenToSockets({
      sent: (id, text) => this.#onSent(id, text),
      opening: (id) => this.#onOpening(id),
      failed: (error) => this.#onFailed(error),
    })
  }

  afterStep(): Finding {
    return this.#finding
  }

  #onSent(id: number, text: string): void {
    const names = subscribed(text)
    if (names.length === 0) return
    const now = this.#world.clock.now()
    const breath = this.#breaths.get(id)
    const asked = breath?.at === now ? breath.asked : new Set<string>()
    this.#breaths.set(id, { at: now, asked })
    for (const name of names) {
      if (asked.has(name)) this.#finding ??= `socket ${id} is asked twice at once for ${name}`
      asked.add(name)
    }
  }

  /** A user who starts anew is not held by what an earlier start was told; nor is a second connection by what the first was. */
  #onOpening(id: number): void {
    const { clock, user, manager } = this.#world
    if (user.phase !== 'started' || clock.now() >= this.#leaveAloneUntil) return
    if (manager.getPerformanceMetrics().connections.length === 1) {
      this.#finding ??= `socket ${id} is asked for ${this.#leaveAloneUntil - clock.now()} ms before the exchange wanted to see us again`
    }
  }

  #onFailed(error: unknown): void {
    const { retryAfterMs = null } = error as { readonly retryAfterMs?: number | null }
    if (retryAfterMs !== null) this.#leaveAloneUntil = this.#world.clock.now() + retryAfterMs
  }
}

/** The streams that a request asks for, by channel and each of what it lists. */
function subscribed(text: string): readonly string[] {
  if (!/"event":"subscribe"|"method":"SUBSCRIPTION"/.test(text)) return []
  const {
    channel = '',
    payload,
    params,
  } = JSON.parse(text) as { channel?: string; payload?: unknown[]; params?: string[] }
  if (params !== undefined) return params
  // A book or a candle is one stream, though it takes several words.
  const isOne = /order_book|candlesticks/.test(channel)
  return isOne ? [`${channel} ${payload}`] : (payload ?? ['']).map((name) => `${channel} ${name}`)
}
