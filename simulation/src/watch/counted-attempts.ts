import type { ConnectionStateEvent } from '@tapewire/core'
import type { Finding, Watch } from '../world/watch.js'
import type { World } from '../world/world.js'

/** How much longer than an acknowledgement may take a connection must have been up to count as restored, ms. */
const restoredSlackMs = 3_000

/** Attempts in a row are counted from one, and the breaker opens after as many as are configured; nothing passing is the end. */
export class CountedAttempts implements Watch {
  readonly name = 'attempts'
  readonly #world: World
  readonly #connectedSince = new Map<string, number>()

  constructor(world: World) {
    this.#world = world
  }

  onConnection({ connectionId, previous, state, attempt, nextAttemptAt, breaker }: ConnectionStateEvent): Finding {
    const { script, clock, user } = this.#world
    const { maxReconnectAttempts = 10, acknowledgementTimeoutMs = 10_000 } = script.config
    if (state === 'connected' && previous !== 'connected') this.#connectedSince.set(connectionId, clock.now())
    const upMs = clock.now() - (this.#connectedSince.get(connectionId) ?? clock.now())
    if (
      previous === 'connected' &&
      attempt !== null &&
      attempt > 1 &&
      upMs > acknowledgementTimeoutMs + restoredSlackMs
    ) {
      return `${connectionId} was up for ${upMs} ms, and its next attempt is counted as number ${attempt}`
    }
    if (state === 'reconnecting' && breaker === 'closed' && (attempt ?? 0) > maxReconnectAttempts) {
      return `${connectionId} is at attempt ${attempt}, and the breaker that opens after ${maxReconnectAttempts} is closed`
    }
    const isGivenUp = state === 'error' && nextAttemptAt === null && user.phase === 'started'
    return isGivenUp ? `${connectionId} was given up, though nothing final has happened` : null
  }
}
