import type { ErrorCode } from '../errors/error-codes.js'
import { redactUrl } from '../errors/redact.js'
import { StreamError } from '../errors/stream-error.js'
import type { CallEnv } from '../strategy/env.js'
import { type JsonRequest, type JsonResponse, requestJson } from './request-json.js'

/** What one of an exchange's own error codes means. */
export interface RestMeaning {
  readonly code: ErrorCode
  /** What happened, one sentence. */
  readonly what: string
  /** What the reader can do about it, one sentence. */
  readonly hint: string
}

/** How the REST API of an exchange says that something is wrong. */
export interface RestDialect {
  /** The exchange, for people: `Acme`. */
  readonly title: string
  /** The exchange's own code in the body of an answer, whatever its status; null where the body is no error. */
  errorCodeIn(body: unknown): string | number | null
  /** Null for a code of which no more is known than that it is an error. */
  meaningOf(exchangeCode: string | number): RestMeaning | null
}

/** A request, and what it is about. */
export interface RestRequest extends JsonRequest {
  /** For the error, beside endpoint, status and code: `{ Symbol: 'BTC/USDT' }`. Never a secret. */
  readonly about?: Readonly<Record<string, string | number>>
}

/**
 * Calls a REST endpoint and resolves with an answer that is a success, so that every call of an adapter reads refusals alike. Besides what `requestJson` rejects with:
 * the meaning of the exchange's own code, whatever the status; `ERR_REST_FAILED` for a code that means nothing to us, and for a status outside 200-299.
 */
export async function callRest(request: RestRequest, dialect: RestDialect, env: CallEnv): Promise<JsonResponse> {
  const response = await requestJson(request, env)
  const { status, body } = response
  const exchangeCode = dialect.errorCodeIn(body)
  if (exchangeCode === null && status >= 200 && status <= 299) return response
  throw refused(request, response, exchangeCode, dialect)
}

/**
 * The error for an answer that the exchange called a success and that says something else than was asked for: `ERR_REST_FAILED`. `endpoint` is `GET /time`, `fault` what
 * is wrong with the answer, half a sentence.
 */
export function unusableAnswer({ title }: RestDialect, endpoint: string, fault: string): StreamError {
  return new StreamError('ERR_REST_FAILED', `${title} sent an answer that cannot be used: ${fault}.`, {
    context: { Endpoint: endpoint },
    hint: `Check that the REST URL points at ${title}’s API.`,
  })
}

/** The exchange's words are left out: they may repeat what was sent. */
function refused(
  { url, method = 'GET', about }: RestRequest,
  { status, retryAfterMs }: JsonResponse,
  exchangeCode: string | number | null,
  dialect: RestDialect,
): StreamError {
  const meaning = exchangeCode === null ? null : dialect.meaningOf(exchangeCode)
  const context = {
    Endpoint: `${method} ${new URL(redactUrl(url)).pathname}`,
    ...about,
    Status: status,
    ...(exchangeCode === null ? {} : { 'Exchange code': exchangeCode }),
  }
  if (meaning !== null) {
    return new StreamError(meaning.code, meaning.what, { context, hint: meaning.hint, retryAfterMs })
  }
  const { title } = dialect
  const hint =
    status >= 500
      ? `${title} may be in trouble; try again later.`
      : `Look the exchange code up in ${title}’s list of error codes.`
  return new StreamError('ERR_REST_FAILED', `${title} refused a REST request.`, { context, hint, retryAfterMs })
}
