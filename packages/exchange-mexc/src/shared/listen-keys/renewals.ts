import { StreamError } from '@tapewire/core'
import { toStreamError } from '@tapewire/core/adapter'
import { type Entry, type Keeper, passedMs, type Renewal } from './entry.js'

/** A key lives 60 minutes and is best renewed every 30. Source: MEXC spot v3 API docs, "Listen Key". */
const listenKeyLifetimeMs = 60 * 60_000
const renewalIntervalMs = 30 * 60_000

/** MEXC may name a key it made earlier (JKorf/Mexc.Net issue 17), of an age nobody tells: it is renewed soon once. */
const firstRenewalMs = 60_000

/** A renewal that failed for a passing reason is tried again, as long as the key must still be alive; and so is a take-over, until it succeeds. */
const retryIntervalMs = 60_000
const retryUntilMs = listenKeyLifetimeMs - 5 * 60_000

/** Renewals that go on failing are told this often. */
const tellIntervalMs = 10 * 60_000

/** Renews listen keys, each once for all who use it, until nobody does. */
export class Renewals {
  readonly #onEnded: (entry: Entry, error: StreamError) => void

  /** `onEnded` hears of a key that MEXC does not renew because it knows it no longer. */
  constructor(onEnded: (entry: Entry, error: StreamError) => void) {
    this.#onEnded = onEnded
  }

  /** From now on, unless somebody keeps the key alive already. */
  begin(entry: Entry): void {
    if (entry.renewal === null) this.#schedule(entry, firstRenewalMs)
  }

  /** At once, unless one is under way: somebody doubts that the key lives. */
  hasten(entry: Entry): void {
    const { renewal } = entry
    const keeper = renewal === null ? undefined : entry.keepers.get(renewal.by)
    if (renewal === null || keeper === undefined || passedMs(renewal.due) >= 0) return
    renewal.cancel()
    void this.#renew(entry, renewal.by, keeper)
  }

  /** A lease has ended. Where it was to renew the key next, another does so when it is due, or nobody. */
  handOver(entry: Entry, lease: object): void {
    const { renewal } = entry
    if (renewal?.by !== lease) return
    this.end(entry)
    this.#schedule(entry, Math.max(0, -passedMs(renewal.due)))
  }

  end(entry: Entry): void {
    entry.renewal?.cancel()
    entry.renewal = null
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

  /** Never rejects: what goes wrong is told, and either tried again or ends in a new connection. */
  async #renew(entry: Entry, by: object, { keys, env }: Keeper): Promise<void> {
    const request = new AbortController()
    const { signal } = request
    const { clock, log } = env
    const renewal: Renewal = { by, due: { clock, at: clock.now() }, cancel: () => request.abort() }
    entry.renewal = renewal
    const refusal = await keys.renew(entry.listenKey, { ...env, signal }).then(
      () => null,
      (thrown) => toStreamError(thrown, 'ERR_REST_FAILED', 'The listen key could not be renewed.'),
    )
    if (signal.aborted) return
    if (refusal?.code === 'ERR_LISTEN_KEY_ENDED') {
      this.#onEnded(entry, refusal)
      return
    }
    if (refusal === null) entry.confirmed = { clock, at: clock.now() }
    this.#schedule(entry, refusal === null ? renewalIntervalMs : retryDelayMs(refusal, entry))
    if (refusal === null) {
      entry.toldFailing = null
      return
    }
    log.warn({ event: 'listen-key-not-renewed', code: refusal.code, err: refusal })
    if (entry.toldFailing === null || passedMs(entry.toldFailing) >= tellIntervalMs) {
      entry.toldFailing = { clock, at: clock.now() }
      env.report(notRenewed(refusal))
    }
    const isPassing = refusal.retryable || refusal.code === 'ERR_CLOCK_SKEW'
    if (isPassing && passedMs(entry.confirmed) < retryUntilMs) return
    const reason = `the listen key could not be kept alive: ${refusal.shortMessage}`
    for (const { takeOver } of [...entry.keepers.values()]) takeOver(reason)
  }
}

function notRenewed(refusal: StreamError): StreamError {
  return new StreamError('ERR_LISTEN_KEY_NOT_RENEWED', `A listen key was not renewed: ${refusal.shortMessage}`, {
    context: { Code: refusal.code },
    hint: 'It is tried again each minute. The account’s connections are replaced in time, or once the key ends.',
    cause: refusal,
  })
}

/** As long as MEXC asks us to wait, and yet soon enough to do without the key before it ends. */
function retryDelayMs({ retryAfterMs }: StreamError, { confirmed }: Entry): number {
  return Math.max(retryIntervalMs, Math.min(retryAfterMs ?? 0, retryUntilMs - passedMs(confirmed)))
}
