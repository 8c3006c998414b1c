import { StreamError } from '@tapewire/core'
import { type StrategyEnv, unusableAnswer } from '@tapewire/core/adapter'
import { exchangeCodeOf, mexcRest } from './errors.js'
import type { SignedRest } from './rest.js'

const path = '/api/v3/userDataStream'

/** MEXC's code for a listen key it does not know (any more). Source: mexcdevelop/mexc-api-demo issue 35. */
const unknownListenKeyCode = 730708

/** Giving a key back must not hold up whoever closes. */
export const removalTimeoutMs = 3_000

/** The listen keys of one account: what opens its private stream. Source: MEXC spot v3 API docs, "Listen Key". */
export class ListenKeys {
  readonly #rest: SignedRest

  constructor(rest: SignedRest) {
    this.#rest = rest
  }

  /** A key that is valid for 60 minutes; not always a new one (JKorf/Mexc.Net issue 17). */
  async create(env: StrategyEnv): Promise<string> {
    const listenKey = listenKeyIn(await this.#rest.call({ method: 'POST', path }, env))
    if (listenKey === null) throw unusableAnswer(mexcRest, `POST ${path}`, 'it names no listen key')
    return listenKey
  }

  /**
   * Makes a key valid for 60 minutes from now. Rejects with `ERR_AUTHENTICATION_FAILED` where MEXC does not know it (any more), and with `ERR_REST_FAILED` where the
   * answer does not name it: then nobody has said that it lives on.
   */
  async renew(listenKey: string, env: StrategyEnv): Promise<void> {
    const body = await this.#rest.call({ method: 'PUT', path, parameters: { listenKey } }, env).catch((thrown) => {
      if (exchangeCodeOf(thrown) !== unknownListenKeyCode) throw thrown
      throw new StreamError('ERR_AUTHENTICATION_FAILED', 'MEXC no longer knows the listen key.')
    })
    if (listenKeyIn(body) !== listenKey)
      throw unusableAnswer(mexcRest, `PUT ${path}`, 'it does not name the listen key')
  }

  /** Gives a key back. */
  async remove(listenKey: string, env: StrategyEnv): Promise<void> {
    await this.#rest.call({ method: 'DELETE', path, parameters: { listenKey }, timeoutMs: removalTimeoutMs }, env)
  }
}

function listenKeyIn(body: unknown): string | null {
  const { listenKey } = (body ?? {}) as { listenKey?: unknown }
  return typeof listenKey === 'string' && listenKey !== '' ? listenKey : null
}
