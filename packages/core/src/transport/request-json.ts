import { within } from '../clock/within.js'
import { redactText, redactUrl } from '../errors/redact.js'
import { StreamError } from '../errors/stream-error.js'
import type { CallEnv } from '../strategy/env.js'
import { noAnswerInTime } from './connect-error.js'
import { sharedNetwork } from './machine-network.js'
import { retryAfterMs } from './retry-after.js'

/** One REST call. The URL and headers may hold signatures: neither ever reaches an error. */
export interface JsonRequest {
  readonly url: string
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** How long the whole answer may take, ms. Default 10,000. */
  readonly timeoutMs?: number
}

/** What came back. */
export interface JsonResponse {
  readonly status: number
  readonly body: unknown
  /** When the answer arrived by the wall clock of the env, epoch ms. */
  readonly receivedAt: number
  /** How long its `Retry-After` asks us to wait, ms, 0 to 24 hours; null where it does not say. */
  readonly retryAfterMs: number | null
}

/** Longest part of an error body that is shown. */
const maxShown = 200

/**
 * Calls a REST endpoint and reads its JSON, through `env.socket.agent` where there is one; redirects are not followed. A status outside 200-299 is returned, so
 * that the caller can read the exchange's own error code (`callRest` does), unless it is 429, 418 or an HTML page (`ERR_RATE_LIMITED`): exchanges answer those in front
 * of their API. An error has `retryAfterMs` where the answer said when to return. What was lost on a kept connection that the server had just ended is sent once more,
 * unless it is a POST.
 * Rejects with `ERR_CONNECTION_REFUSED`, `ERR_CONNECTION_TIMEOUT`, `ERR_HOST_NOT_FOUND`, `ERR_CONNECTION_CLOSED`, `ERR_RATE_LIMITED`, `ERR_REST_FAILED` (no JSON, or
 * more than `env.socket.maxPayloadBytes` of it), `ERR_INVALID_CONFIG` (a URL, header or body that cannot be sent), or the signal's reason.
 */
export async function requestJson(
  request: JsonRequest,
  { clock, signal, socket, network }: CallEnv,
): Promise<JsonResponse> {
  const { url, method = 'GET', headers: sent = {}, body = null, timeoutMs = 10_000 } = request
  const timeoutError = (): StreamError => noAnswerInTime(url)
  const { status, headers, text } = await within({ clock, signal, timeoutMs, timeoutError }, (attempt) =>
    (network ?? sharedNetwork(clock)).request({ url, method, headers: sent, body }, { clock, socket, signal: attempt }),
  )
  const receivedAt = clock.wallTime()
  const waitMs = retryAfterMs(headers['retry-after'], receivedAt)
  const context = (): Readonly<Record<string, string | number>> => ({
    URL: redactUrl(url),
    Status: status,
    ...(waitMs === null ? {} : { 'Retry after': `${Math.ceil(waitMs / 1_000)} s` }),
  })
  const isHtml = /^\s*</.test(text)
  if (status === 429 || status === 418 || (isHtml && status >= 400)) {
    throw new StreamError(
      'ERR_RATE_LIMITED',
      'The exchange refused a REST request because of too many requests, or blocked this address.',
      {
        context: context(),
        hint: 'Wait before trying again, and spread requests out.',
        retryAfterMs: waitMs,
      },
    )
  }
  try {
    return { status, body: JSON.parse(text), receivedAt, retryAfterMs: waitMs }
  } catch {
    throw new StreamError('ERR_REST_FAILED', 'The exchange answered a REST request with something that is not JSON.', {
      context: { ...context(), Body: redactText(text, url, request.headers).slice(0, maxShown) },
      hint: 'Check that the REST URL points at the exchange’s API.',
      retryAfterMs: waitMs,
    })
  }
}
