import { type ClientRequest, type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http'
import { Agent as SecureAgent, request as secureRequest } from 'node:https'
import type { LookupFunction } from 'node:net'
import { redactUrl } from '../errors/redact.js'
import { StreamError } from '../errors/stream-error.js'
import type { NetworkAnswer, NetworkEnv, NetworkRequest } from '../strategy/network.js'
import { connectError } from './connect-error.js'
import { keepAliveDelayMs, tuneSocket } from './tune-socket.js'

const agentOptions = { keepAlive: true, keepAliveMsecs: keepAliveDelayMs }

/** Connections are kept between calls, as signed calls are made in a hurry. They keep no process alive. */
const agents = { 'http:': new PlainAgent(agentOptions), 'https:': new SecureAgent(agentOptions) } as const

/**
 * Sends one request over HTTP, through `socket.agent` where there is one, and reads the answer whole; redirects are not followed. Rejects with `ERR_CONNECTION_REFUSED`,
 * `ERR_CONNECTION_TIMEOUT`, `ERR_HOST_NOT_FOUND`, `ERR_CONNECTION_CLOSED`, `ERR_REST_FAILED` (more than `socket.maxPayloadBytes`), `ERR_INVALID_CONFIG` (a URL, header or
 * body that cannot be sent), or the signal's reason.
 */
export async function sendHttpRequest(
  request: NetworkRequest,
  { signal, socket }: Pick<NetworkEnv, 'signal' | 'socket'>,
  lookup: LookupFunction,
): Promise<NetworkAnswer> {
  const sent = prepare(request, socket.agent, signal, lookup)
  sent.once('socket', tuneSocket)
  try {
    return await readAnswer(sent, request, socket.maxPayloadBytes)
  } catch (thrown) {
    throw signal.aborted ? signal.reason : connectError(thrown, request.url)
  }
}

/** The request, not yet on its way. What Node refuses to send it may repeat in its error, keys and signatures included: so without that as the cause. */
function prepare(
  { url, method, headers, body }: NetworkRequest,
  agent: PlainAgent | undefined,
  signal: AbortSignal,
  lookup: LookupFunction,
): ClientRequest {
  try {
    const address = new URL(url)
    const { protocol } = address
    if (protocol !== 'http:' && protocol !== 'https:') throw new TypeError('not an HTTP URL')
    if (address.username !== '' || address.password !== '') throw new TypeError('user info in the URL')
    return (protocol === 'https:' ? secureRequest : plainRequest)(address, {
      method,
      signal,
      lookup,
      // A firewall may refuse a client that does not say what it is.
      headers: {
        accept: 'application/json',
        'user-agent': 'tapewire',
        ...(body === null ? {} : { 'content-length': Buffer.byteLength(body) }),
        ...headers,
      },
      agent: agent ?? agents[protocol],
    })
  } catch {
    throw new StreamError(
      'ERR_INVALID_CONFIG',
      'A REST request cannot be sent: its URL, a header or its body is not valid.',
      {
        context: { URL: redactUrl(url), Headers: Object.keys(headers).join(', ') },
        hint: 'Write the URL whole and without user info; look for line ends in keys read from files.',
      },
    )
  }
}

async function readAnswer(
  sent: ClientRequest,
  { url, body }: NetworkRequest,
  maxBytes: number,
): Promise<NetworkAnswer> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.on('response', resolve)
    sent.on('error', reject)
    sent.end(body ?? undefined)
  })
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size > maxBytes) throw tooLarge(url, maxBytes)
  }
  const { statusCode: status = 0 } = response
  const headers = response.headers as NetworkAnswer['headers']
  return { status, headers, text: Buffer.concat(chunks).toString() }
}

function tooLarge(url: string, maxBytes: number): StreamError {
  return new StreamError('ERR_REST_FAILED', `The answer to a REST request has more than ${maxBytes} bytes.`, {
    context: { URL: redactUrl(url) },
    hint: 'Raise maxPayloadBytes where answers of that size are to be expected.',
  })
}
