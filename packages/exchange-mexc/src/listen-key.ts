import { StreamError } from '@tapewire/core'
import { exchangeCodeOf, unknownListenKeyCode } from './rest-error.js'
import type { SignedRest } from './signed-rest.js'

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
  async create(signal: AbortSignal): Promise<string> {
    const body = await this.#rest.call({ method: 'POST', path, signal })
    const { listenKey } = (body ?? {}) as { listenKey?: unknown }
    if (typeof listenKey === 'string' && listenKey !== '') return listenKey
    throw new StreamError('ERR_REST_FAILED', 'MEXC answered the request for a listen key without one.', {
      context: { Endpoint: `POST ${path}` },
      hint: 'Check that the REST URL points at MEXC’s API.',
    })
  }

  /** Makes a key valid for 60 minutes from now; false where MEXC does not know it (any more). */
  async renew(listenKey: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#rest.call({ method: 'PUT', path, parameters: { listenKey }, signal })
      return true
    } catch (thrown) {
      if (exchangeCodeOf(thrown) === unknownListenKeyCode) return false
      throw thrown
    }
  }

  /** Gives a key back. */
  async remove(listenKey: string): Promise<void> {
    await this.#rest.call({ method: 'DELETE', path, parameters: { listenKey }, timeoutMs: removalTimeoutMs })
  }
}
