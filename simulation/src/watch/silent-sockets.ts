import type { FeedMessage } from '@tapewire/core'
import type { Finding, Watch } from '../world/watch.js'
import type { World } from '../world/world.js'
import { longestFault } from './subscribed-once.js'

/** How much later than its timers say a loss may be noticed, ms: latency, jitter, and a ping that was just sent. */
const slackMs = 5_000

/** Nothing arrives from a dead socket, and none is taken for alive for longer than its watchdog takes. */
export class SilentSockets implements Watch {
  readonly name = 'dead sockets'
  readonly #world: World
  /** Since when each connection that the client holds has been without a way to the server. */
  readonly #deadSince = new Map<number, number>()

  constructor(world: World) {
    this.#world = world
  }

  onMessage({ type, stream }: FeedMessage): Finding {
    const dead = this.#world.observed.deadSocketBeingRead
    return dead === null
      ? null
      : `socket ${dead} has ended, and a message of it (type ${type}, ${stream?.id}) was delivered`
  }

  afterStep(): Finding {
    const { network, clock, exchange } = this.#world
    const limitMs = exchange.watchdogMs + slackMs + longestFault(this.#world)
    const open = new Set<number>()
    for (const { id, isClientOpen, isReachable, session } of network.connections) {
      if (!isClientOpen || isReachable || session === null) continue
      open.add(id)
      const since = this.#deadSince.get(id) ?? clock.now()
      this.#deadSince.set(id, since)
      if (clock.now() - since > limitMs)
        return `connection ${id} has been half-open for ${limitMs} ms, and nobody noticed`
    }
    for (const id of this.#deadSince.keys()) if (!open.has(id)) this.#deadSince.delete(id)
    return null
  }

  doubts(): readonly string[] {
    return this.#world.network.connections
      .filter(({ isClientOpen, isServerOpen, isReachable, request }) => {
        return isClientOpen && !(isServerOpen && isReachable && this.#isKeyValid(request.url))
      })
      .map(({ id }) => `connection ${id} is broken, and nobody has noticed yet`)
  }

  /** The connections of a listen key that has ended stay open, and bring nothing. */
  #isKeyValid(url: URL): boolean {
    const listenKey = url.searchParams.get('listenKey')
    return listenKey === null || this.#world.venue.control.listenKeys?.includes(listenKey) === true
  }
}
