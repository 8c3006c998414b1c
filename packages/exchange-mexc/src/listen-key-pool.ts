import { type Clock, StreamError, toStreamError } from '@tapewire/core'
import type { ListenKeys } from './listen-key.js'

/** Connections one listen key may carry. Source: MEXC spot v3 API docs, "Websocket User Data Streams". */
const maxConnectionsPerKey = 5

/** A key lives 60 minutes and is best renewed every 30. Source: MEXC spot v3 API docs, "Listen Key". */
export const listenKeyLifetimeMs: number = 60 * 60_000
const renewalIntervalMs = 30 * 60_000

/** MEXC may name a key it made earlier (JKorf/Mexc.Net issue 17), of an age nobody tells: it is renewed soon once. */
const firstRenewalMs = 60_000

/**
 * A renewal that failed for a passing reason is tried again, as long as the key must still be alive; and so is a replacement, until it succeeds: the
 * connections of a key that has ended stay open and fall silent.
 */
const retryIntervalMs = 60_000
const retryUntilMs = listenKeyLifetimeMs - 5 * 60_000

/** One connection's claim on a listen key. */
export interface ListenKeyLease {
  readonly listenKey: string
  /** Keeps the key alive from now on; where that cannot go on, `replace` is called now and then until the lease ends. */
  keepAlive(replace: (reason: string) => void): void
  /** The connection is over. */
  end(): void
}

/** A key, who uses it, and when MEXC last said that it lives. */
interface Entry {
  readonly listenKey: string
  readonly leases: Set<object>
  readonly replacers: Map<object, (reason: string) => void>
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
  readonly #clock: Clock
  readonly #entries = new Map<string, Entry>()
  /** Keys on their way back. */
  readonly #removals = new Set<Promise<void>>()

  constructor(keys: ListenKeys, clock: Clock) {
    this.#keys = keys
    this.#clock = clock
  }

  /** A key for one more connection. Rejects with `ERR_CONNECTION_LIMIT` where MEXC names none that can carry it, or as `ListenKeys.create`. */
  async lease(signal: AbortSignal): Promise<ListenKeyLease> {
    const entry = (await this.#obtain(signal)) ?? (await this.#obtain(signal))
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
    this.#giveBackSuperseded()
    return {
      listenKey: entry.listenKey,
      keepAlive: (replace) => {
        entry.replacers.set(lease, replace)
        if (entry.renewal === null) this.#scheduleRenewal(entry, firstRenewalMs)
      },
      end: () => {
        entry.leases.delete(lease)
        entry.replacers.delete(lease)
        if (entry.replacers.size === 0) stopRenewal(entry)
        this.#giveBackSuperseded()
      },
    }
  }

  /**
   * Gives back every key that no connection uses any more: another manager on the same strategies may still be there. Resolves once what is
   * on its way back has arrived; never rejects.
   */
  async release(): Promise<void> {
    this.#giveBackUnused()
    await Promise.all(this.#removals)
  }

  /** The entry of the key MEXC names; null where that key is full. */
  async #obtain(signal: AbortSignal): Promise<Entry | null> {
    const listenKey = await this.#keys.create(signal)
    const entry = this.#entries.get(listenKey) ?? {
      listenKey,
      leases: new Set(),
      replacers: new Map(),
      confirmedAt: 0,
      renewal: null,
    }
    entry.confirmedAt = this.#clock.now()
    this.#entries.set(listenKey, entry)
    return entry.leases.size < maxConnectionsPerKey ? entry : null
  }

  /** Gives back what is not used any more while another key is. */
  #giveBackSuperseded(): void {
    if ([...this.#entries.values()].some((entry) => entry.leases.size > 0)) this.#giveBackUnused()
  }

  #giveBackUnused(): void {
    for (const { listenKey, leases } of this.#entries.values()) {
      if (leases.size > 0) continue
      this.#entries.delete(listenKey)
      // A key that cannot be given back expires by itself.
      const removal = this.#keys.remove(listenKey).catch(() => {})
      this.#removals.add(removal)
      void removal.then(() => this.#removals.delete(removal))
    }
  }

  #scheduleRenewal(entry: Entry, delayMs: number): void {
    entry.renewal = this.#clock.setTimer(delayMs, () => void this.#renew(entry))
  }

  /** Never rejects: what goes wrong is either tried again or ends in a new connection. */
  async #renew(entry: Entry): Promise<void> {
    const request = new AbortController()
    const { signal } = request
    entry.renewal = { cancel: () => request.abort() }
    const refusal = await this.#keys.renew(entry.listenKey, signal).then(
      (known) => (known ? null : new StreamError('ERR_AUTHENTICATION_FAILED', 'MEXC no longer knows the listen key.')),
      (thrown) => toStreamError(thrown, 'ERR_REST_FAILED', 'The listen key could not be renewed.'),
    )
    if (signal.aborted) return
    if (refusal === null) entry.confirmedAt = this.#clock.now()
    this.#scheduleRenewal(entry, refusal === null ? renewalIntervalMs : retryIntervalMs)
    if (refusal === null || (refusal.retryable && this.#clock.now() - entry.confirmedAt < retryUntilMs)) return
    const reason = `the listen key could not be kept alive: ${refusal.shortMessage}`
    for (const replace of [...entry.replacers.values()]) replace(reason)
  }
}

function stopRenewal(entry: Entry): void {
  entry.renewal?.cancel()
  entry.renewal = null
}
