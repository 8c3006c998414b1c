import { type Clock, requestJson, StreamError } from '@tapewire/core'
import { exchangeCodeOf, isTimeRefusal, restError } from './rest-error.js'
import { type Signer, signedQuery } from './signature.js'

export interface SignedRestOptions {
  /** `https:`, or `http:` on loopback. */
  readonly restUrl: string
  readonly signer: Signer
  readonly recvWindowMs: number
  readonly clock: Clock
}

export interface SignedRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly parameters?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
}

/** Signed calls of MEXC's REST API, all parameters in the query. Source: MEXC spot v3 API docs, "Signed". */
export class SignedRest {
  readonly #options: SignedRestOptions
  readonly #restUrl: string
  /** How far the exchange's clock is ahead of ours; 0 until it has refused one of our times. */
  #offsetMs = 0

  /** Throws `ERR_INVALID_CONFIG` or `ERR_INSECURE_URL` for a URL that no signature may be sent to. */
  constructor(options: SignedRestOptions) {
    this.#options = options
    this.#restUrl = checkedRestUrl(options.restUrl)
  }

  /**
   * The body of the answer. A refused time is answered once by asking the exchange's clock and signing again.
   * Rejects with `ERR_AUTHENTICATION_FAILED`, `ERR_CLOCK_SKEW`, `ERR_RATE_LIMITED`, `ERR_REST_FAILED`, or what `requestJson` rejects with.
   */
  async call(request: SignedRequest): Promise<unknown> {
    try {
      return await this.#send(request)
    } catch (thrown) {
      if (!isTimeRefusal(exchangeCodeOf(thrown))) throw thrown
      await this.#measureOffset(request.signal).catch((cause: unknown) => {
        request.signal?.throwIfAborted()
        throw unknownTime(thrown as StreamError, cause)
      })
      return await this.#send(request)
    }
  }

  async #send({ method, path, parameters, signal, timeoutMs }: SignedRequest): Promise<unknown> {
    const { signer, recvWindowMs, clock } = this.#options
    const timestamp = clock.wallTime() + this.#offsetMs
    const query = await signedQuery(signer, { ...parameters, recvWindow: recvWindowMs, timestamp })
    const { status, body } = await requestJson({
      url: `${this.#restUrl}${path}?${query}`,
      method,
      headers: { 'X-MEXC-APIKEY': signer.apiKey, 'Content-Type': 'application/json' },
      ...(signal === undefined ? {} : { signal }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    })
    const exchangeCode = codeIn(body)
    if (exchangeCode !== null || status < 200 || status > 299)
      throw restError(`${method} ${path}`, status, exchangeCode)
    return body
  }

  /** Half of the round trip is taken for the way back. */
  async #measureOffset(signal: AbortSignal | undefined): Promise<void> {
    const { clock } = this.#options
    const sentAt = clock.wallTime()
    const path = '/api/v3/time'
    const { status, body } = await requestJson({
      url: `${this.#restUrl}${path}`,
      ...(signal === undefined ? {} : { signal }),
    })
    const { serverTime } = (body ?? {}) as { serverTime?: unknown }
    if (typeof serverTime !== 'number') throw restError(`GET ${path}`, status, codeIn(body))
    this.#offsetMs = Math.round(serverTime - (sentAt + clock.wallTime()) / 2)
  }
}

/** A refused time that could not be put right. */
function unknownTime({ context }: StreamError, cause: unknown): StreamError {
  const what = 'MEXC did not accept the time of a signed request, and its own clock could not be asked.'
  const hint = 'Synchronise this machine’s clock (NTP), and check that the REST URL is reachable.'
  return new StreamError('ERR_CLOCK_SKEW', what, { context, hint, cause })
}

/** Errors are `{"code":n,"msg":"…"}`; successes have no code, or one that means success. */
function codeIn(body: unknown): number | null {
  const { code } = (body ?? {}) as { code?: unknown }
  return typeof code === 'number' && code !== 0 && code !== 200 ? code : null
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

function checkedRestUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new StreamError('ERR_INVALID_CONFIG', 'The restUrl of mexc_spot is not an HTTP URL.', {
      hint: 'Write it whole, for example https://api.mexc.com.',
    })
  }
  if (url.protocol === 'http:' && !loopback.test(url.hostname)) {
    throw new StreamError('ERR_INSECURE_URL', `${url.host} would get signed requests unencrypted.`, {
      hint: 'Use https://; plain http:// is accepted for loopback hosts only.',
    })
  }
  return text.replace(/\/+$/, '')
}
