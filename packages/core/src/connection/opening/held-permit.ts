import { abortable } from '../../clock/abortable.js'
import { within } from '../../clock/within.js'
import { StreamError, toStreamError } from '../../errors/stream-error.js'
import type { ConnectionPermit } from '../../strategy/connection-limiter.js'
import type { ConnectionOptions } from '../connection-options.js'

/** What one connection has of limits that are shared: from its first attempt on, over losses, until it ends for good. */
export class HeldPermit {
  readonly #ask: () => ConnectionPermit
  readonly #options: Pick<ConnectionOptions, 'env' | 'connectTimeoutMs'>
  #permit: ConnectionPermit | null = null

  constructor(ask: () => ConnectionPermit, options: Pick<ConnectionOptions, 'env' | 'connectTimeoutMs'>) {
    this.#ask = ask
    this.#options = options
  }

  /** Resolves once the next attempt may begin. Rejects with `ERR_NO_PERMIT` where that takes longer than `connectTimeoutMs`, or the limiter failed; or with the reason of `life`. */
  async attempt(life: AbortSignal): Promise<void> {
    const { env, connectTimeoutMs: timeoutMs } = this.#options
    const limits = { clock: env.clock, signal: life, timeoutMs, timeoutError: () => tooLate(timeoutMs) }
    try {
      this.#permit ??= this.#ask()
      const permit = this.#permit
      await within(limits, (signal) => abortable(permit.attempt(signal), signal))
    } catch (thrown) {
      life.throwIfAborted()
      throw toStreamError(thrown, 'ERR_NO_PERMIT', 'The limiter failed where it was asked for a connection.')
    }
  }

  end(): void {
    const permit = this.#permit
    this.#permit = null
    try {
      permit?.end()
    } catch (thrown) {
      const { report } = this.#options.env
      report(toStreamError(thrown, 'ERR_NO_PERMIT', 'The limiter failed where a connection was given back.'))
    }
  }
}

function tooLate(waitedMs: number): StreamError {
  return new StreamError('ERR_NO_PERMIT', `The limiter gave no permit for a connection within ${waitedMs} ms.`, {
    hint: 'Others have what the address or the account may have, or what keeps count of it is away.',
  })
}
