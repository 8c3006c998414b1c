import { StreamError } from '@tapewire/core'
import { type ManagerEnv, type StrategyEnv, toStreamError } from '@tapewire/core/adapter'
import { exchangeCodeOf, unknownListenKeyCode } from './errors.js'
import type { SignedRest } from './rest.js'

/** Connections one listen key may carry. Source: MEXC spot v3 API docs, "Websocket User Data Streams". */
const maxConnectionsPerKey = 5

/** A key lives 60 minutes and is best renewed every 30. Source: MEXC spot v3 API docs, "Listen Key". */
const listenKeyLifetimeMs = 60 * 60_000
const renewalIntervalMs = 30 * 60_000

/** MEXC may name a key it made earlier (JKorf/Mexc.Net issue 17), of an age nobody tells: it is renewed soon once. */
const firstRenewalMs = 60_000

/**
 * A renewal that failed for a passing reason is tried again, as long as the key must still be alive; and so is a take-over, until it succeeds: the
 * connections of a key that has ended stay open and fall silent.
 */
const retryIntervalMs = 60_000
const retryUntilMs = listenKeyLifetimeMs - 5 * 60_000

/** One connection's claim on a listen key. */
export interface ListenKeyLease {
  readonly listenKey: string
  /** Keeps the key alive from now on; where that cannot go on, `takeOver` is called now and then until the lease ends. */
  keepAlive(env: ManagerEnv, takeOver: (reason: string) => void): void
  /** The connection is over. */
  end(): void
}

/** A key, who uses it, and when MEXC last said that it lives. */
interface Entry {
  readonly listenKey: string
  readonly leases: Set<object>
  readonly takeOvers: Map<object, (reason: string) => void>
  confirmedAt: number
  /** What ends the upkeep: the timer of the next renewal, or the request under way. */
  renewal: { cancel(): void } | null
}

/**
 * The listen keys of one set of strategies: asked for on each connection attempt, kept alive while connections use them, and given back.
 * An account may hold 60 of them, so a key that no connection uses is given back as soon as another takes its place.
 */
export class ListenKeyPool {
  readonly #keys: ListenKeys
  readonly #entries = new Map<string, Entry>()
  /** Keys on their way back. */
  readonly #removals = new Set<Promise<void>>()

  constructor(keys: ListenKeys) {
    this.#keys = keys
  }

  /** A key for one more connection. Rejects with `ERR_CONNECTION_LIMIT` where MEXC names none that can carry it, or as `ListenKeys.create`. */
  async lease(env: StrategyEnv): Promise<ListenKeyLease> {
    const entry = (await this.#obtain(env)) ?? (await this.#obtain(env))
    if (entry === null) {
      throw new StreamError(
        'ERR_CONNECTION_LIMIT',
        `A listen key of MEXC carries ${maxConnectionsPerKey} connections.`,
        {
          hint: 'Close another private connection of this account first.',
        },
      )
    }
    const lease = {}
    entry.leases.add(lease)
    this.#giveBackSuperseded(env)
    return {
      listenKey: entry.listenKey,
      keepAlive: (lasting, takeOver) => {
        entry.takeOvers.set(lease, takeOver)
        if (entry.renewal === null) this.#scheduleRenewal(entry, lasting, firstRenewalMs)
      },
      end: () => {
        entry.leases.delete(lease)
        entry.takeOvers.delete(lease)
        if (entry.takeOvers.size === 0) stopRenewal(entry)
        this.#giveBackSuperseded(env)
      },
    }
  }

  /** Gives back every key that no connection uses any more. Resolves once what is on its way back has arrived; never rejects. */
  async release(env: ManagerEnv): Promise<void> {
    this.#giveBackUnused(env)
    await Promise.all(this.#removals)
  }

  /** The entry of the key MEXC names; null where that key is full. */
  async #obtain(env: StrategyEnv): Promise<Entry | null> {
    const listenKey = await this.#keys.create(env)
    const entry = this.#entries.get(listenKey) ?? {
      listenKey,
      leases: new Set(),
      takeOvers: new Map(),
      confirmedAt: 0,
      renewal: null,
    }
    entry.confirmedAt = env.clock.now()
    this.#entries.set(listenKey, entry)
    return entry.leases.size < maxConnectionsPerKey ? entry : null
  }

  /** Gives back what is not used any more while another key is. */
  #giveBackSuperseded(env: ManagerEnv): void {
    if ([...this.#entries.values()].some((entry) => entry.leases.size > 0)) this.#giveBackUnused(env)
  }

  #giveBackUnused(env: ManagerEnv): void {
    for (const { listenKey, leases } of this.#entries.values()) {
      if (leases.size > 0) continue
      this.#entries.delete(listenKey)
      // A key that cannot be given back expires by itself.
      const removal = this.#keys.remove(listenKey, withSignal(env)).catch(() => {})
      this.#removals.add(removal)
      void removal.then(() => this.#removals.delete(removal))
    }
  }

  /** Renewals outlast the connection that began them: others may use the key. */
  #scheduleRenewal(entry: Entry, env: ManagerEnv, delayMs: number): void {
    entry.renewal = env.clock.setTimer(delayMs, () => void this.#renew(entry, env))
  }

  /** Never rejects: what goes wrong is either tried again or ends in a new connection. */
  async #renew(entry: Entry, env: ManagerEnv): Promise<void> {
    const request = new AbortController()
    const { signal } = request
    entry.renewal = { cancel: () => request.abort() }
    const refusal = await this.#keys.renew(entry.listenKey, withSignal(env, signal)).then(
      (known) => (known ? null : new StreamError('ERR_AUTHENTICATION_FAILED', 'MEXC no longer knows the listen key.')),
      (thrown) => toStreamError(thrown, 'ERR_REST_FAILED', 'The listen key could not be renewed.'),
    )
    if (signal.aborted) return
    if (refusal === null) entry.confirmedAt = env.clock.now()
    this.#scheduleRenewal(entry, env, refusal === null ? renewalIntervalMs : retryIntervalMs)
    if (refusal === null || (refusal.retryable && env.clock.now() - entry.confirmedAt < retryUntilMs)) return
    const reason = `the listen key could not be kept alive: ${refusal.shortMessage}`
    for (const takeOver of [...entry.takeOvers.values()]) takeOver(reason)
  }
}

/** What outlasts a connection has a signal of its own, or none. */
function withSignal(env: ManagerEnv, signal: AbortSignal = new AbortController().signal): StrategyEnv {
  return { ...env, signal }
}

function stopRenewal(entry: Entry): void {
  entry.renewal?.cancel()
  entry.renewal = null
}

const path = '/api/v3/userDataStream'

/** Giving a key back must not hold up whoever closes. */
const removalTimeoutMs = 3_000

/** The listen keys of one account: what opens its private stream. Source: MEXC spot v3 API docs, "Listen Key". */
export class ListenKeys {
  readonly #rest: SignedRest

  constructor(rest: SignedRest) {
    this.#rest = rest
  }

  /** A key that is valid for 60 minutes; not always a new one (JKorf/Mexc.Net issue 17). */
  async create(env: StrategyEnv): Promise<string> {
    const body = await this.#rest.call({ method: 'POST', path }, env)
    const { listenKey } = (body ?? {}) as { listenKey?: unknown }
    if (typeof listenKey === 'string' && listenKey !== '') return listenKey
    throw new StreamError('ERR_REST_FAILED', 'MEXC answered the request for a listen key without one.', {
      context: { Endpoint: `POST ${path}` },
      hint: 'Check that the REST URL points at MEXC’s API.',
    })
  }

  /** Makes a key valid for 60 minutes from now; false where MEXC does not know it (any more). */
  async renew(listenKey: string, env: StrategyEnv): Promise<boolean> {
    try {
      await this.#rest.call({ method: 'PUT', path, parameters: { listenKey } }, env)
      return true
    } catch (thrown) {
      if (exchangeCodeOf(thrown) === unknownListenKeyCode) return false
      throw thrown
    }
  }

  /** Gives a key back. */
  async remove(listenKey: string, env: StrategyEnv): Promise<void> {
    await this.#rest.call({ method: 'DELETE', path, parameters: { listenKey }, timeoutMs: removalTimeoutMs }, env)
  }
}
