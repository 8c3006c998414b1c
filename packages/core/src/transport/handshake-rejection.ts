import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Clock } from '../clock/clock.js'
import { redactText, redactUrl } from '../errors/redact.js'
import { StreamError } from '../errors/stream-error.js'
import type { NetworkAnswer } from '../strategy/network.js'
import { retryAfterMs } from './retry-after.js'

/** Bytes of the answer that are read, and characters that are shown. */
const maxRead = 4096
const maxShown = 160

/**
 * The error for a handshake that was answered with something other than 101; the body is where exchanges say why. It has `retryAfterMs` where the answer said when to
 * return; a date there is compared with the clock's wall time. `sent` is what the request said, nothing of which is repeated.
 */
export function handshakeRejection(
  { status, headers, text }: NetworkAnswer,
  sent: { readonly url: string; readonly headers: Readonly<Record<string, unknown>> },
  clock: Pick<Clock, 'wallTime'>,
): StreamError {
  const { url } = sent
  const body = redactText(text, url, sent.headers)
  const isPage = /^\s*</.test(body)
  const waitMs = retryAfterMs(headers['retry-after'], clock.wallTime())
  const context = {
    URL: redactUrl(url),
    Status: status,
    ...(waitMs === null ? {} : { 'Retry after': `${Math.ceil(waitMs / 1_000)} s` }),
    ...(body === '' || isPage ? {} : { Body: body.replaceAll(/\s+/g, ' ').slice(0, maxShown) }),
  }
  if (status === 429 || status === 418 || (status === 403 && isPage)) {
    return new StreamError(
      'ERR_RATE_LIMITED',
      'The exchange refused the connection: too many requests from this address.',
      {
        context,
        hint: 'Wait before connecting again.',
        retryAfterMs: waitMs,
      },
    )
  }
  if (status === 401 || status === 403) {
    return new StreamError('ERR_AUTHENTICATION_FAILED', 'The exchange did not accept who we are.', {
      context,
      hint: 'Check the key, its permissions and its IP whitelist.',
      retryAfterMs: waitMs,
    })
  }
  return new StreamError('ERR_HANDSHAKE_REJECTED', `The server answered the WebSocket handshake with HTTP ${status}.`, {
    context,
    hint:
      status === 404
        ? 'Check the path of the URL, trailing slash included.'
        : 'Check that the URL is the exchange’s WebSocket endpoint.',
    retryAfterMs: waitMs,
  })
}

/** The same of an answer that is still to be read: a little of it. */
export async function readHandshakeRejection(
  response: IncomingMessage,
  url: string,
  clock: Clock,
): Promise<StreamError> {
  const { statusCode: status = 0 } = response
  const headers = response.headers as NetworkAnswer['headers']
  const text = await readSome(response)
  return handshakeRejection({ status, headers, text }, { url, headers: headersSent(response) }, clock)
}

/** The error for a server that answered 101 and yet did not agree to what was asked; `fault` says where. */
export function upgradeRejection(fault: string, url: string, cause?: unknown): StreamError {
  return new StreamError('ERR_HANDSHAKE_REJECTED', 'The server’s answer is not a valid WebSocket handshake.', {
    context: { URL: redactUrl(url), Fault: fault },
    hint: 'Check that the URL is the exchange’s WebSocket endpoint, and that no proxy answers in its place.',
    ...(cause === undefined ? {} : { cause }),
  })
}

/** Every handshake has these; what they say is no secret. */
const handshakeHeader = /^(host|connection|upgrade|sec-websocket-.*)$/

/** What else the request said in its headers, some of which may be a key. Node sets `req` on every answer a client gets. */
function headersSent(response: IncomingMessage): Record<string, unknown> {
  const headers = (response as IncomingMessage & { readonly req?: ClientRequest }).req?.getHeaders() ?? {}
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !handshakeHeader.test(name)))
}

async function readSome(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      size += chunk.length
      if (size >= maxRead) break
    }
  } catch {
    // A body cut short still leaves the status, which is what decides.
  }
  return Buffer.concat(chunks).toString('utf8', 0, maxRead)
}
