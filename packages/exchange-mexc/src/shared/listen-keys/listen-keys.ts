import { type StrategyEnv, unusableAnswer } from '@tapewire/core/adapter'
import { exchangeCodeOf, mexcRest } from '../errors.js'
import type { SignedRest } from '../rest.js'
import { endedKey } from './ended-key.js'

const path = '/api/v3/userDataStream'

/** MEXC's code for a listen key it does not know (any more). Source: mexcdevelop/mexc-api-demo issue 35. */
const unknownListenKeyCode = 730708

/** Giving a key back must not hold up whoever closes, nor must one that is still being asked for. */
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
   * Makes a key valid for 60 minutes from now. Rejects with `ERR_LISTEN_KEY_ENDED` where MEXC does not know it (any more), and with `ERR_REST_FAILED` where the
   * answer does not name it: then nobody has said that it lives on.
   */
  async renew(listenKey: string, env: StrategyEnv): Promise<void> {
    const body = await this.#rest.call({ method: 'PUT', path, parameters: { listenKey } }, env).catch((thrown) => {
      throw isUnknownKey(thrown) ? endedKey('MEXC no longer knows it') : thrown
    })
    if (listenKeyIn(body) !== listenKey)
      throw unusableAnswer(mexcRest, `PUT ${path}`, 'it does not name the listen key')
  }

  /** Every key of the account that is valid, other programs' included. Rejects with `ERR_REST_FAILED` where the answer is no such list. */
  async list(env: StrategyEnv): Promise<readonly string[]> {
    const { listenKey } = ((await this.#rest.call({ method: 'GET', path }, env)) ?? {}) as { listenKey?: unknown }
    const isList = Array.isArray(listenKey) && listenKey.every((key) => typeof key === 'string')
    if (!isList) throw unusableAnswer(mexcRest, `GET ${path}`, 'it lists no listen keys')
    return listenKey
  }

  /** Gives a key back. One that has ended meanwhile need not be. */
  async remove(listenKey: string, env: StrategyEnv): Promise<void> {
    const request = { method: 'DELETE', path, parameters: { listenKey }, timeoutMs: removalTimeoutMs } as const
    await this.#rest.call(request, env).catch((thrown) => {
      if (!isUnknownKey(thrown)) throw thrown
    })
  }
}

function isUnknownKey(thrown: unknown): boolean {
  return exchangeCodeOf(thrown) === unknownListenKeyCode
}

function listenKeyIn(body: unknown): string | null {
  const { listenKey } = (body ?? {}) as { listenKey?: unknown }
  return typeof listenKey === 'string' && listenKey !== '' ? listenKey : null
}
