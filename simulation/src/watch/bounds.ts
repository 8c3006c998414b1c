import type { Finding, Watch } from '../world/watch.js'
import type { World } from '../world/world.js'

/** The longest frame that any of the exchanges sends here, bytes. */
const longestFrameBytes = 8_000

/** Metrics cost more than a moment does: they are looked at in one of so many. */
const lookEvery = 8

/** What waits for a slow handler keeps its bounds. */
export class BoundedRing implements Watch {
  readonly name = 'bounded ring'
  readonly #world: World
  #moments = 0

  constructor(world: World) {
    this.#world = world
  }

  afterStep(): Finding {
    const { script, manager, handlerMs } = this.#world
    this.#moments += 1
    if (handlerMs === 0 || this.#moments % lookEvery !== 0) return null
    const {
      maxPendingMessages = 1_000,
      maxPendingBytes = Number.POSITIVE_INFINITY,
      overflowPolicy = 'pause',
    } = script.config
    // Where a full ring stops the socket, more may wait while an answer or a take-over is awaited: then the bytes are the bound.
    const isStrict = overflowPolicy === 'drop-newest' || overflowPolicy === 'drop-oldest'
    for (const { connectionId, pendingMessages, pendingBytes } of manager.getPerformanceMetrics().connections) {
      if (isStrict && pendingMessages > maxPendingMessages && !this.#isTakingOver) {
        return `${pendingMessages} messages wait on ${connectionId}, where ${maxPendingMessages} may`
      }
      if (pendingBytes > maxPendingBytes + longestFrameBytes) {
        return `${pendingBytes} bytes wait on ${connectionId}, where ${maxPendingBytes} may`
      }
    }
    return null
  }

  doubts(): readonly string[] {
    const waiting = this.#world.manager.getPerformanceMetrics().pendingMessages
    return waiting === 0 ? [] : [`${waiting} messages wait for the handler`]
  }

  /** What a new connection held until it took over is dropped by none, and waits for the handler as it is. */
  get #isTakingOver(): boolean {
    const { steps, lifetimeMs } = this.#world.script
    return lifetimeMs !== null || steps.some(({ kind }) => kind === 'announce-upgrade' || kind === 'expire-listen-keys')
  }
}

/** Every call of the user's comes to an end, and `close()` leaves nothing behind. */
export class NothingLeft implements Watch {
  readonly name = 'nothing left'
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  doubts(): readonly string[] {
    // A book that nobody wants any more may be waited for until patience is lost.
    return this.#world.user.waiting.filter((call) => !call.includes('await-book'))
  }

  afterFailedStart(): Finding {
    return this.#keptKeys ?? this.#leftovers('a failed start')
  }

  afterClose(): Finding {
    const { user } = this.#world
    if (user.waiting.length > 0) return `${user.waiting[0]} was never settled`
    return this.#keptKeys ?? this.#leftovers('close()')
  }

  /** Where REST fails, keys cannot be given back; nor where it answers later than is waited for. */
  get #keptKeys(): Finding {
    const { venue, script } = this.#world
    const keys = venue.control.listenKeys ?? []
    const mayLeak = script.steps.some(({ kind }) => maySpendKeys.has(kind))
    return keys.length > 0 && !mayLeak ? `${keys.length} listen keys were not given back` : null
  }

  #leftovers(after: string): Finding {
    const { managerClock, network } = this.#world
    if (managerClock.pendingTimers > 0) return `${managerClock.pendingTimers} timers are left after ${after}`
    const open = network.connections.filter(({ isClientOpen }) => isClientOpen)
    if (open.length > 0) return `${open.length} sockets are left open after ${after}`
    return network.pendingRequests > 0 ? `${network.pendingRequests} requests are under way after ${after}` : null
  }
}

const maySpendKeys: ReadonlySet<string> = new Set([
  'unreachable',
  'refuse-requests',
  'ignore-requests',
  'block-rest',
  'slow-network',
])
