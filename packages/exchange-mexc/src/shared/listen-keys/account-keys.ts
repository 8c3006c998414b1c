import { StreamError } from '@tapewire/core'
import { abortable, type ManagerEnv, type StrategyEnv, toStreamError, within } from '@tapewire/core/adapter'
import type { Entry, Upkeep } from './entry.js'
import { type ListenKeys, removalTimeoutMs } from './listen-keys.js'
import { Looks } from './looks.js'
import { outliving } from './outliving.js'
import { Renewals } from './renewals.js'

/** Connections one listen key may carry. Source: MEXC spot v3 API docs, "Websocket User Data Streams". */
export const maxConnectionsPerKey = 5

/** What is on its way back has its own time; whoever waits for it hears of its end first, so that no timer of it is left, ms. */
const releaseTimeoutMs = removalTimeoutMs + 100

/** One connection's claim on a listen key. */
export interface ListenKeyLease {
  readonly listenKey: string
  /** Keeps the key alive from now on, and looks whether it lives. */
  keepAlive(upkeep: Upkeep): void
  /** As `Looks.lookNow`. */
  lookNow(): Promise<void>
  /** The connection is over. Calls after the first do nothing. */
  end(): void
}

/** A key that is being asked for. */
interface KeyRequest {
  readonly by: ListenKeys
  /** Aborted once nobody waits for it any more. */
  readonly signal: AbortSignal
  readonly settled: Promise<void>
}

/**
 * The listen keys of one account in this process. An account may hold 60 of them, so a key that no connection uses is given back as soon as another takes its place.
 * Asking for a key and giving one back never overlap: MEXC might name the very key that is on its way back.
 */
export class AccountKeys {
  /** Leases, and calls under way. */
  users = 0
  readonly #entries = new Map<string, Entry>()
  readonly #renewals: Renewals
  readonly #looks: Looks
  /** Keys being asked for. */
  readonly #requests = new Set<KeyRequest>()
  /** Keys on their way back. */
  readonly #removals = new Set<Promise<void>>()

  constructor() {
    const onEnded = (entry: Entry, error: StreamError): void => this.#onEnded(entry, error)
    const renewals = new Renewals(onEnded)
    this.#renewals = renewals
    this.#looks = new Looks({ entries: this.#entries, onEnded, onDoubted: (entry) => renewals.hasten(entry) })
  }

  get isIdle(): boolean {
    return this.users === 0 && this.#entries.size === 0 && this.#requests.size === 0 && this.#removals.size === 0
  }

  /** A lease of the key MEXC names; null where that key is full. Where nobody waits for the answer any more, the key is given back as soon as it is known. */
  async lease(keys: ListenKeys, env: StrategyEnv): Promise<ListenKeyLease | null> {
    while (this.#removals.size > 0) await abortable(Promise.all(this.#removals), env.signal)
    const lease = {}
    const request = this.#request(lease, keys, env)
    const entry = await abortable(request, env.signal, (late) => this.#end(late, lease, keys, env))
    if (entry === null) return null
    this.#giveBackSuperseded(keys, env)
    return {
      listenKey: entry.listenKey,
      keepAlive: (upkeep) => {
        // It may have ended while the connection was made.
        if (entry.ended !== null) {
          upkeep.lost(entry.ended)
          return
        }
        entry.keepers.set(lease, { ...upkeep, keys })
        this.#renewals.begin(entry)
        this.#looks.review()
      },
      lookNow: () => this.#looks.lookNow(),
      end: () => this.#end(entry, lease, keys, env),
    }
  }

  /** Gives back what nobody uses. Resolves once it has arrived, or the time for that is over; never rejects. */
  async release(keys: ListenKeys, env: ManagerEnv): Promise<void> {
    // Whoever asked for a key and is gone hears which it is, or gives up, in no more time than that.
    const late = [...this.#requests].filter(({ by, signal }) => by === keys && signal.aborted)
    if (late.length > 0) await Promise.all(late.map(({ settled }) => settled))
    this.#giveBackUnused(keys, env)
    if (this.#removals.size === 0) return
    const { clock } = env
    const { signal } = new AbortController()
    const timeoutError = (): Error => new StreamError('ERR_CONNECTION_TIMEOUT', 'A listen key is on its way back.')
    const limits = { clock, signal, timeoutMs: releaseTimeoutMs, timeoutError }
    await within(limits, (attempt) => abortable(Promise.all(this.#removals), attempt)).catch(() => {})
  }

  #request(lease: object, keys: ListenKeys, env: StrategyEnv): Promise<Entry | null> {
    const { signal } = env
    const underWay = this.#obtain(lease, keys, env)
    const forget = (): void => void this.#requests.delete(request)
    const request: KeyRequest = { by: keys, signal, settled: underWay.then(forget, forget) }
    this.#requests.add(request)
    return underWay
  }

  async #obtain(lease: object, keys: ListenKeys, env: StrategyEnv): Promise<Entry | null> {
    const listenKey = await outliving(env, removalTimeoutMs, (lasting) => keys.create(lasting))
    const confirmed = { clock: env.clock, at: env.clock.now() }
    const entry = this.#entries.get(listenKey) ?? {
      listenKey,
      leases: new Set(),
      keepers: new Map(),
      confirmed,
      renewal: null,
      toldFailing: null,
      isListed: false,
      isDoubted: false,
      ended: null,
    }
    entry.confirmed = confirmed
    this.#entries.set(listenKey, entry)
    if (entry.leases.size >= maxConnectionsPerKey) return null
    entry.leases.add(lease)
    return entry
  }

  /** The lease is over, or never was one: null where its key was full. */
  #end(entry: Entry | null, lease: object, keys: ListenKeys, env: ManagerEnv): void {
    if (entry === null) return
    entry.leases.delete(lease)
    entry.keepers.delete(lease)
    this.#renewals.handOver(entry, lease)
    this.#looks.review()
    this.#giveBackSuperseded(keys, env)
  }

  /** Its connections are replaced, each with a fresh key. There is nothing to give back. */
  #onEnded(entry: Entry, error: StreamError): void {
    const { listenKey, keepers } = entry
    entry.ended = error
    this.#entries.delete(listenKey)
    this.#renewals.end(entry)
    const affected = [...keepers.values()]
    affected[0]?.env.log.warn({
      event: 'listen-key-ended',
      connections: affected.length,
      code: error.code,
      err: error,
    })
    for (const { lost } of affected) lost(error)
  }

  /** Gives back what is not used any more while another key is. */
  #giveBackSuperseded(keys: ListenKeys, env: ManagerEnv): void {
    if ([...this.#entries.values()].some((entry) => entry.leases.size > 0)) this.#giveBackUnused(keys, env)
  }

  #giveBackUnused(keys: ListenKeys, env: ManagerEnv): void {
    for (const entry of this.#entries.values()) {
      if (entry.leases.size === 0) track(this.#removals, this.#giveBack(entry, keys, env))
    }
  }

  async #giveBack(entry: Entry, keys: ListenKeys, env: ManagerEnv): Promise<void> {
    while (this.#requests.size > 0) await Promise.all([...this.#requests].map(({ settled }) => settled))
    const { listenKey, leases } = entry
    if (leases.size > 0 || this.#entries.get(listenKey) !== entry) return
    this.#entries.delete(listenKey)
    // What is on its way back outlasts whoever gives it back.
    const { signal } = new AbortController()
    await keys.remove(listenKey, { ...env, signal }).catch((thrown) => {
      // It expires by itself.
      const err = toStreamError(thrown, 'ERR_REST_FAILED', 'The listen key could not be given back.')
      env.log.warn({ event: 'listen-key-not-given-back', code: err.code, err })
    })
  }
}

/** Keeps what is under way in the set until it has settled, either way. */
function track(set: Set<Promise<void>>, underWay: Promise<unknown>): void {
  const settled = underWay.then(
    () => void set.delete(settled),
    () => void set.delete(settled),
  )
  set.add(settled)
}
