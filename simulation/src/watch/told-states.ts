import type { ConnectionStateEvent, Stream, StreamError, StreamState, StreamStatus } from '@tapewire/core'
import type { Finding, Watch } from '../world/watch.js'
import type { World } from '../world/world.js'

/** What a stream is said to be is what it was told to be last, and nothing is live without a connection. */
export class ToldStates implements Watch {
  readonly name = 'told states'
  readonly #world: World
  readonly #told = new Map<Stream, StreamStatus>()

  constructor(world: World) {
    this.#world = world
  }

  onStream({ stream, status }: StreamState): Finding {
    this.#told.set(stream, status)
    return null
  }

  /** The state is told last: whoever hears of a loss must not find anything of it live. */
  onConnection({ connectionId, previous, state }: ConnectionStateEvent): Finding {
    const { manager } = this.#world
    if (previous !== 'connected' || state === 'closing' || state === 'connected') return null
    if (manager.getPerformanceMetrics().connections.length !== 1) return null
    const live = manager.streamStates().find(({ status }) => status === 'live')
    return live === undefined ? null : `${connectionId} was lost, and ${live.stream.id} is still live`
  }

  afterStep(): Finding {
    const { manager, network, user } = this.#world
    const states = manager.streamStates()
    for (const { stream, status } of states) {
      const told = this.#told.get(stream)
      if (told !== undefined && told !== status) return `${stream.id} is ${status}, and was told to be ${told}`
    }
    for (const stream of this.#told.keys()) if (stream.reason === 'not subscribed') this.#told.delete(stream)
    // While it closes, what was read last is still what it was.
    if (user.phase === 'closing' || network.connections.some(({ isClientAlive }) => isClientAlive)) return null
    const live = states.find(({ status }) => status === 'live')
    return live === undefined ? null : `${live.stream.id} is live, and there is no connection`
  }
}

/** Codes that say that somebody's code is at fault, and here it can only be ours. */
const ownFaults: ReadonlySet<string> = new Set([
  'ERR_INVALID_STRATEGY',
  'ERR_HANDLER_FAILED',
  'ERR_BOOK_RULES',
  'ERR_MALFORMED_FRAME',
])

/** Nothing is reported that can only be a mistake of our own. */
export class NoFaults implements Watch {
  readonly name = 'no faults of our own'
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  onError(error: StreamError): Finding {
    return ownFaults.has(error.code) ? `${error.code}: ${error.message}` : null
  }

  afterStep(): Finding {
    const [failure] = this.#world.network.failures
    return failure === undefined
      ? null
      : `the emulation failed: ${failure instanceof Error ? failure.stack : String(failure)}`
  }
}
