import { StreamError } from '@tapewire/core'
import { abortable, type ManagerEnv, type StrategyEnv, toStreamError, within } from '@tapewire/core/adapter'
import { type ListenKeys, removalTimeoutMs } from './listen-keys.js'

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
  /** The connection is over. Calls after the first do nothing. */
  end(): void
}

/** Whose key it is: MEXC may name the same one to everybody who asks for this account. */
export interface ListenKeyAccount {
  readonly restUrl: string
  readonly apiKey: string
}

/** Accounts of which this process has listen keys, or is about to have some. */
const accounts = new Map<string, AccountKeys>()

/**
 * The listen keys of one set of strategies: asked for on each connection attempt, kept alive while connections use them, and given back. Sets of the same account share
 * what MEXC names to both: a key ends with the last connection that uses it, whoever's that is. Each set calls with its own signature, clock and proxy.
 */
export class ListenKeyPool {
  readonly #keys: ListenKeys
  readonly #account: string

  constructor(keys: ListenKeys, { restUrl, apiKey }: ListenKeyAccount) {
    this.#keys = keys
    this.#account = `${restUrl} ${apiKey}`
  }

  /** A key for one more connection. Rejects with `ERR_CONNECTION_LIMIT` where MEXC names none that can carry it, or as `ListenKeys.create`. */
  async lease(env: StrategyEnv): Promise<ListenKeyLease> {
    const account = this.#enter()
    try {
      const lease = (await account.lease(this.#keys, env)) ?? (await account.lease(this.#keys, env))
      if (lease !== null) return { ...lease, end: once(() => this.#leave(account, lease.end)) }
    } catch (thrown) {
      this.#leave(account)
      throw thrown
    }
    this.#leave(account)
    throw new StreamError('ERR_CONNECTION_LIMIT', `A listen key of MEXC carries ${maxConnectionsPerKey} connections.`, {
      hint: 'Close another private connection of this account first.',
    })
  }

  /** Gives back every key of the account that no connection uses any more. Resolves once what is on its way back has arrived, or is not waited for; never rejects. */
  async release(env: ManagerEnv): Promise<void> {
    const account = this.#enter()
    await account.release(this.#keys, env)
    this.#leave(account)
  }

  #enter(): AccountKeys {
    const account = accounts.get(this.#account) ?? new AccountKeys()
    accounts.set(this.#account, account)
    account.users += 1
    return account
  }

  #leave(account: AccountKeys, end: () => void = () => {}): void {
    end()
    account.users -= 1
    if (account.isIdle) accounts.delete(this.#account)
  }
}

/** Who keeps a key alive. */
interface Keeper {
  readonly keys: ListenKeys
  readonly env: ManagerEnv
  readonly takeOver: (reason: string) => void
}

/** A time, by the clock it was read from: those who share a key need not share a clock. */
interface Moment {
  readonly clock: ManagerEnv['clock']
  readonly at: number
}

/** The upkeep of a key that is due: a timer, or the request under way. */
interface Renewal {
  /** The lease of whoever does it. */
  readonly by: object
  readonly due: Moment
  cancel(): void
}

/** A key, who uses it, and when MEXC last said that it lives. */
interface Entry {
  readonly listenKey: string
  readonly leases: Set<object>
  readonly keepers: Map<object, Keeper>
  confirmed: Moment
  renewal: Renewal | null
  /** Whether the last renewal failed, and has been told. */
  isFailing: boolean
}

/**
 * The listen keys of one account in this process. An account may hold 60 of them, so a key that no connection uses is given back as soon as another takes its place.
 * Asking for a key and giving one back never overlap: MEXC might name the very key that is on its way back.
 */
class AccountKeys {
  /** Leases, and calls under way. */
  users = 0
  readonly #entries = new Map<string, Entry>()
  /** Keys being asked for. */
  readonly #requests = new Set<Promise<void>>()
  /** Keys on their way back. */
  readonly #removals = new Set<Promise<void>>()

  get isIdle(): boolean {
    return this.users === 0 && this.#entries.size === 0 && this.#removals.size === 0
  }

  /** A lease of the key MEXC names; null where that key is full. */
  async lease(keys: ListenKeys, env: StrategyEnv): Promise<ListenKeyLease | null> {
    while (this.#removals.size > 0) await abortable(Promise.all(this.#removals), env.signal)
    const lease = {}
    const request = this.#obtain(lease, keys, env)
    track(this.#requests, request)
    const entry = await request
    if (entry === null) return null
    this.#giveBackSuperseded(keys, env)
    return {
      listenKey: entry.listenKey,
      keepAlive: (lasting, takeOver) => {
        entry.keepers.set(lease, { keys, env: lasting, takeOver })
        if (entry.renewal === null) this.#schedule(entry, firstRenewalMs)
      },
      end: () => {
        entry.leases.delete(lease)
        entry.keepers.delete(lease)
        if (entry.renewal?.by === lease) this.#handOver(entry, entry.renewal)
        this.#giveBackSuperseded(keys, env)
      },
    }
  }

  /** Gives back what nobody uses. Resolves once it has arrived, or the time for that is over; never rejects. */
  async release(keys: ListenKeys, env: ManagerEnv): Promise<void> {
    this.#giveBackUnused(keys, env)
    if (this.#removals.size === 0) return
    const { clock } = env
    const { signal } = new AbortController()
    const timeoutError = (): Error => new StreamError('ERR_CONNECTION_TIMEOUT', 'A listen key is on its way back.')
    const limits = { clock, signal, timeoutMs: removalTimeoutMs, timeoutError }
    await within(limits, (attempt) => abortable(Promise.all(this.#removals), attempt)).catch(() => {})
  }

  async #obtain(lease: object, keys: ListenKeys, env: StrategyEnv): Promise<Entry | null> {
    const listenKey = await keys.create(env)
    const confirmed = { clock: env.clock, at: env.clock.now() }
    const entry = this.#entries.get(listenKey) ?? {
      listenKey,
      leases: new Set(),
      keepers: new Map(),
      confirmed,
      renewal: null,
      isFailing: false,
    }
    entry.confirmed = confirmed
    this.#entries.set(listenKey, entry)
    if (entry.leases.size >= maxConnectionsPerKey) return null
    entry.leases.add(lease)
    return entry
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
    while (this.#requests.size > 0) await Promise.all(this.#requests)
    const { listenKey, leases } = entry
    if (leases.size > 0 || this.#entries.get(listenKey) !== entry) return
    this.#entries.delete(listenKey)
    await keys.remove(listenKey, withSignal(env)).catch((thrown) => {
      // It expires by itself.
      const { code } = toStreamError(thrown, 'ERR_REST_FAILED', 'The listen key could not be given back.')
      env.log.warn({ event: 'listen-key-not-given-back', code })
    })
  }

  /** Renewals outlast the connection that began them: others may use the key. */
  #schedule(entry: Entry, delayMs: number): void {
    const [next] = entry.keepers
    if (next === undefined) return
    const [by, keeper] = next
    const { clock } = keeper.env
    const timer = clock.setTimer(delayMs, () => void this.#renew(entry, by, keeper))
    entry.renewal = { by, due: { clock, at: clock.now() + delayMs }, cancel: () => timer.cancel() }
  }

  /** Whoever was to renew the key next does not use it any more: another does it when it is due, or nobody. */
  #handOver(entry: Entry, renewal: Renewal): void {
    renewal.cancel()
    entry.renewal = null
    this.#schedule(entry, Math.max(0, -passedMs(renewal.due)))
  }

  /** Never rejects: what goes wrong is told, and either tried again or ends in a new connection. */
  async #renew(entry: Entry, by: object, { keys, env }: Keeper): Promise<void> {
    const request = new AbortController()
    const { signal } = request
    const { clock, log } = env
    entry.renewal = { by, due: { clock, at: clock.now() }, cancel: () => request.abort() }
    const refusal = await keys.renew(entry.listenKey, withSignal(env, signal)).then(
      () => null,
      (thrown) => toStreamError(thrown, 'ERR_REST_FAILED', 'The listen key could not be renewed.'),
    )
    if (signal.aborted) return
    if (refusal === null) entry.confirmed = { clock, at: clock.now() }
    this.#schedule(entry, refusal === null ? renewalIntervalMs : retryDelayMs(refusal, entry))
    const isNews = !entry.isFailing
    entry.isFailing = refusal !== null
    if (refusal === null) return
    log.warn({ event: 'listen-key-not-renewed', code: refusal.code })
    if (isNews) env.report(refusal)
    if (refusal.retryable && passedMs(entry.confirmed) < retryUntilMs) return
    const reason = `the listen key could not be kept alive: ${refusal.shortMessage}`
    for (const { takeOver } of [...entry.keepers.values()]) takeOver(reason)
  }
}

/** As long as MEXC asks us to wait, and yet soon enough to do without the key before it ends. */
function retryDelayMs({ retryAfterMs }: StreamError, { confirmed }: Entry): number {
  return Math.max(retryIntervalMs, Math.min(retryAfterMs ?? 0, retryUntilMs - passedMs(confirmed)))
}

/** How long a moment is past, ms; below 0 for one to come. */
function passedMs({ clock, at }: Moment): number {
  return clock.now() - at
}

/** Keeps what is under way in the set until it has settled, either way. */
function track(set: Set<Promise<void>>, underWay: Promise<unknown>): void {
  const settled = underWay.then(
    () => void set.delete(settled),
    () => void set.delete(settled),
  )
  set.add(settled)
}

/** What outlasts a connection has a signal of its own, or none. */
function withSignal(env: ManagerEnv, signal: AbortSignal = new AbortController().signal): StrategyEnv {
  return { ...env, signal }
}

function once(action: () => void): () => void {
  let isDone = false
  return () => {
    if (!isDone) action()
    isDone = true
  }
}
