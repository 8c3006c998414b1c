import { StreamError } from '@tapewire/core'
import { callRest, clockOffset, type Signer, type StrategyEnv } from '@tapewire/core/adapter'
import { mexcRest } from './errors.js'
import { signedQuery } from './signature.js'

export interface SignedRestOptions {
  /** `https:`, or `http:` on loopback; without a slash at its end. */
  readonly restUrl: string
  readonly signer: Signer
  readonly recvWindowMs: number
}

export interface SignedRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly parameters?: Readonly<Record<string, string>>
  readonly timeoutMs?: number
}

/** Signed calls of MEXC's REST API, all parameters in the query. Source: MEXC spot v3 API docs, "Signed". */
export class SignedRest {
  readonly #options: SignedRestOptions
  /** How far the exchange's clock is ahead of ours; 0 until it has refused one of our times. */
  #offsetMs = 0

  constructor(options: SignedRestOptions) {
    this.#options = options
  }

  /**
   * The body of the answer. A refused time is answered once by asking the exchange's clock and signing again.
   * Rejects with `ERR_AUTHENTICATION_FAILED`, `ERR_CLOCK_SKEW`, `ERR_RATE_LIMITED`, `ERR_REST_FAILED`, or what `requestJson` rejects with.
   */
  async call(request: SignedRequest, env: StrategyEnv): Promise<unknown> {
    try {
      return await this.#send(request, env)
    } catch (thrown) {
      if (!(thrown instanceof StreamError) || thrown.code !== 'ERR_CLOCK_SKEW') throw thrown
      const asked = { url: `${this.#options.restUrl}${timePath}` }
      this.#offsetMs = await clockOffset(asked, timeIn, mexcRest, env).catch((cause: unknown) => {
        env.signal.throwIfAborted()
        throw unknownTime(thrown, cause)
      })
      return await this.#send(request, env)
    }
  }

  async #send({ method, path, parameters, timeoutMs }: SignedRequest, env: StrategyEnv): Promise<unknown> {
    const { restUrl, signer, recvWindowMs } = this.#options
    const timestamp = env.clock.wallTime() + this.#offsetMs
    const query = await signedQuery(signer, { ...parameters, recvWindow: recvWindowMs, timestamp }, env)
    const headers = { 'X-MEXC-APIKEY': signer.apiKey, 'Content-Type': 'application/json' }
    const timing = timeoutMs === undefined ? {} : { timeoutMs }
    const url = `${restUrl}${path}?${query}`
    return (await callRest({ url, method, headers, ...timing }, mexcRest, env)).body
  }
}

/** Source: MEXC spot v3 API docs, "Check Server Time". */
const timePath = '/api/v3/time'
const timeIn = (body: unknown): unknown => (body as { readonly serverTime?: unknown } | null)?.serverTime

/** A refused time that could not be put right. */
function unknownTime({ context }: StreamError, cause: unknown): StreamError {
  const what = 'MEXC did not accept the time of a signed request, and its own clock could not be asked.'
  const hint = 'Synchronise this machine’s clock (NTP), and check that the REST URL is reachable.'
  return new StreamError('ERR_CLOCK_SKEW', what, { context, hint, cause })
}
