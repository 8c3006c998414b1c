import { type ClientRequest, type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http'
import { Agent as SecureAgent, request as secureRequest } from 'node:https'
import { within } from '../clock/within.js'
import { redactText, redactUrl } from '../errors/redact.js'
import { StreamError } from '../errors/stream-error.js'
import type { StrategyEnv } from '../strategy/env.js'
import { connectError, noAnswerInTime } from './connect-error.js'
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

/** Connections are kept between calls, as signed calls are made in a hurry. They keep no process alive. */
const agents = { 'http:': new PlainAgent({ keepAlive: true }), 'https:': new SecureAgent({ keepAlive: true }) } as const

/**
 * Calls a REST endpoint and reads its JSON, through `env.socket.agent` where there is one; redirects are not followed. A status outside 200-299 is returned, so
 * that the caller can read the exchange's own error code (`callRest` does), unless it is 429, 418 or an HTML page (`ERR_RATE_LIMITED`): exchanges answer those in front
 * of their API. An error has `retryAfterMs` where the answer said when to return.
 * Rejects with `ERR_CONNECTION_REFUSED`, `ERR_CONNECTION_TIMEOUT`, `ERR_HOST_NOT_FOUND`, `ERR_CONNECTION_CLOSED`, `ERR_RATE_LIMITED`, `ERR_REST_FAILED` (no JSON, or
 * more than `env.socket.maxPayloadBytes` of it), `ERR_INVALID_CONFIG` (a URL, header or body that cannot be sent), or the signal's reason.
 */
export async function requestJson(
  request: JsonRequest,
  { clock, signal, socket }: Pick<StrategyEnv, 'clock' | 'signal' | 'socket'>,
): Promise<JsonResponse> {
  const { url, timeoutMs = 10_000 } = request
  const timeoutError = (): StreamError => noAnswerInTime(url)
  const { status, headers, text } = await within({ clock, signal, timeoutMs, timeoutError }, async (attempt) => {
    const sent = prepare(request, socket.agent, attempt)
    try {
      return await readAnswer(sent, request, socket.maxPayloadBytes)
    } catch (thrown) {
      throw attempt.aborted ? attempt.reason : connectError(thrown, url)
    }
  })
  const receivedAt = clock.wallTime()
  const waitMs = retryAfterMs(headers['retry-after'], receivedAt)
  const context = {
    URL: redactUrl(url),
    Status: status,
    ...(waitMs === null ? {} : { 'Retry after': `${Math.ceil(waitMs / 1_000)} s` }),
  }
  const isHtml = /^\s*</.test(text)
  if (status === 429 || status === 418 || (isHtml && status >= 400)) {
    throw new StreamError(
      'ERR_RATE_LIMITED',
      'The exchange refused a REST request because of too many requests, or blocked this address.',
      {
        context,
        hint: 'Wait before trying again, and spread requests out.',
        retryAfterMs: waitMs,
      },
    )
  }
  try {
    return { status, body: JSON.parse(text), receivedAt, retryAfterMs: waitMs }
  } catch {
    throw new StreamError('ERR_REST_FAILED', 'The exchange answered a REST request with something that is not JSON.', {
      context: { ...context, Body: redactText(text, url, request.headers).slice(0, maxShown) },
      hint: 'Check that the REST URL points at the exchange’s API.',
      retryAfterMs: waitMs,
    })
  }
}

/** The request, not yet on its way. What Node refuses to send it may repeat in its error, keys and signatures included: so without that as the cause. */
function prepare(
  { url, method = 'GET', headers, body }: JsonRequest,
  agent: PlainAgent | undefined,
  signal: AbortSignal,
): ClientRequest {
  try {
    const address = new URL(url)
    const { protocol } = address
    if (protocol !== 'http:' && protocol !== 'https:') throw new TypeError('not an HTTP URL')
    if (address.username !== '' || address.password !== '') throw new TypeError('user info in the URL')
    return (protocol === 'https:' ? secureRequest : plainRequest)(address, {
      method,
      signal,
      // A firewall may refuse a client that does not say what it is.
      headers: {
        accept: 'application/json',
        'user-agent': 'tapewire',
        ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
        ...headers,
      },
      agent: agent ?? agents[protocol],
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

interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly text: string
}

async function readAnswer(sent: ClientRequest, { url, body }: JsonRequest, maxBytes: number): Promise<Answer> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.on('response', resolve)
    sent.on('error', reject)
    sent.end(body)
  })
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size > maxBytes) throw tooLarge(url, maxBytes)
  }
  const { statusCode: status = 0, headers } = response
  return { status, headers, text: Buffer.concat(chunks).toString() }
}

function tooLarge(url: string, maxBytes: number): StreamError {
  return new StreamError('ERR_REST_FAILED', `The answer to a REST request has more than ${maxBytes} bytes.`, {
    context: { URL: redactUrl(url) },
    hint: 'Raise maxPayloadBytes where answers of that size are to be expected.',
  })
}
