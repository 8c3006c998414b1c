import type { IncomingMessage } from 'node:http'
import { redactUrl } from '../errors/redact.js'
import { StreamError } from '../errors/stream-error.js'

/** Bytes of the answer that are read, and characters that are shown. */
const maxRead = 4096
const maxShown = 160

/** The error for a handshake that was answered with something other than 101. Reads a little of the body: that is where venues say why. */
export async function handshakeRejection(response: IncomingMessage, url: string): Promise<StreamError> {
  const body = await readSome(response)
  const status = response.statusCode ?? 0
  const isPage = /^\s*</.test(body)
  const retryAfter = response.headers['retry-after']
  const context = {
    URL: redactUrl(url),
    Status: status,
    ...(retryAfter === undefined ? {} : { 'Retry after': `${retryAfter} s` }),
    ...(body === '' || isPage ? {} : { Body: body.replaceAll(/\s+/g, ' ').slice(0, maxShown) }),
  }
  if (status === 429 || status === 418 || (status === 403 && isPage)) {
    return new StreamError(
      'ERR_RATE_LIMITED',
      'The exchange refused the connection: too many requests from this address.',
      {
        context,
        hint: 'Wait before connecting again.',
      },
    )
  }
  if (status === 401 || status === 403) {
    return new StreamError('ERR_AUTHENTICATION_FAILED', 'The exchange did not accept who we are.', {
      context,
      hint: 'Check the key, its permissions and its IP whitelist.',
    })
  }
  return new StreamError('ERR_HANDSHAKE_REJECTED', `The server answered the WebSocket handshake with HTTP ${status}.`, {
    context,
    hint:
      status === 404
        ? 'Check the path of the URL, trailing slash included.'
        : 'Check that the URL is the exchange’s WebSocket endpoint.',
  })
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
