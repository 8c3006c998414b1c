import { redactText, redactUrl } from '../errors/redact.js'
import { StreamError } from '../errors/stream-error.js'
import { connectError } from './connect-error.js'

/** One REST call. The URL and headers may hold signatures: neither ever reaches an error. */
export interface JsonRequest {
  readonly url: string
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal?: AbortSignal
  /** Default 10,000 ms. */
  readonly timeoutMs?: number
}

/** What came back: the parsed body, and the time the answer arrived by the machine's clock. */
export interface JsonResponse {
  readonly status: number
  readonly body: unknown
  readonly receivedAt: number
}

/** Longest part of an error body that is shown. */
const maxShown = 200

/**
 * Calls a REST endpoint and reads its JSON. A status outside 200-299 is returned, so that the caller can read the exchange's own error code, unless it is
 * 429, 418 or an HTML page (`ERR_RATE_LIMITED`): venues answer those in front of their API.
 * Rejects with `ERR_CONNECTION_REFUSED`, `ERR_CONNECTION_TIMEOUT`, `ERR_HOST_NOT_FOUND`, `ERR_CONNECTION_CLOSED`, `ERR_RATE_LIMITED`, `ERR_REST_FAILED` (no JSON)
 * or `ERR_INVALID_CONFIG` (a URL, header or body that cannot be sent).
 */
export async function requestJson(request: JsonRequest): Promise<JsonResponse> {
  const deadline = AbortSignal.timeout(request.timeoutMs ?? 10_000)
  const signal = request.signal === undefined ? deadline : AbortSignal.any([request.signal, deadline])
  const prepared = prepare(request)
  let response: Response
  let text: string
  try {
    response = await fetch(prepared, { signal })
    text = await response.text()
  } catch (thrown) {
    if (request.signal?.aborted) throw request.signal.reason
    if (deadline.aborted)
      throw connectError(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' }), request.url)
    throw connectError(thrown, request.url)
  }
  const receivedAt = Date.now()
  const context = { URL: redactUrl(request.url), Status: response.status }
  const isHtml = /^\s*</.test(text)
  if (response.status === 429 || response.status === 418 || (isHtml && response.status >= 400)) {
    const retryAfter = response.headers.get('retry-after')
    throw new StreamError(
      'ERR_RATE_LIMITED',
      'The exchange refused a REST request because of too many requests, or blocked this address.',
      {
        context: retryAfter === null ? context : { ...context, 'Retry after': `${retryAfter} s` },
        hint: 'Wait before trying again, and spread requests out.',
      },
    )
  }
  try {
    return { status: response.status, body: JSON.parse(text), receivedAt }
  } catch {
    throw new StreamError('ERR_REST_FAILED', 'The exchange answered a REST request with something that is not JSON.', {
      context: { ...context, Body: redactText(text, request.url, request.headers).slice(0, maxShown) },
      hint: 'Check that the REST URL points at the exchange’s API.',
    })
  }
}

/** What `fetch` refuses to send it repeats whole in its error, keys and signatures included: so without that as the cause. */
function prepare({ url, method = 'GET', headers, body }: JsonRequest): Request {
  try {
    // A redirect is not followed: custom headers, which is where keys and signatures are, would go along to any host.
    return new Request(url, {
      method,
      redirect: 'manual',
      headers: { ...headers },
      ...(body === undefined ? {} : { body }),
    })
  } catch {
    throw new StreamError(
      'ERR_INVALID_CONFIG',
      'A REST request cannot be sent: its URL, a header or its body is not valid.',
      {
        context: { URL: redactUrl(url), Headers: Object.keys(headers ?? {}).join(', ') },
        hint: 'Write the URL whole and without user info; look for line ends in keys read from files.',
      },
    )
  }
}
