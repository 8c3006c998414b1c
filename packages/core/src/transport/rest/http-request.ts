import { type ClientRequest, type IncomingMessage, type Agent as PlainAgent, request as plainRequest } from 'node:http'
import { request as secureRequest } from 'node:https'
import type { LookupFunction } from 'node:net'
import type { Duplex } from 'node:stream'
import { redactUrl } from '../../errors/redact.js'
import { StreamError } from '../../errors/stream-error.js'
import type { NetworkAnswer, NetworkEnv, NetworkRequest } from '../../strategy/network.js'
import { tuneSocket } from '../tune-socket.js'

/** Where a request goes, and who is to make the connection. */
export interface HttpRoute {
  readonly address: URL
  readonly agent: PlainAgent
  readonly lookup: LookupFunction
}

/** What became of a request that was sent. */
export type HttpOutcome = (
  | { readonly answer: NetworkAnswer }
  /** What Node, or the limit of its size, made of it. */
  | { readonly thrown: unknown; readonly wasAnswered: boolean }
) & {
  /** Whether it went out on a connection that an earlier one had used. */
  readonly isReused: boolean
}

/** Those that brought a request already. Node's `reusedSocket` leaves out what waited in the agent's queue. */
const usedSockets = new WeakSet<Duplex>()

/** The URL of a request, as far as it can be sent. Throws `ERR_INVALID_CONFIG`. */
export function httpAddress({ url, headers }: NetworkRequest): URL {
  const address = URL.canParse(url) ? new URL(url) : null
  const isHttp = address?.protocol === 'http:' || address?.protocol === 'https:'
  if (address === null || !isHttp || address.username !== '' || address.password !== '') throw notSendable(url, headers)
  return address
}

/**
 * Sends one request over HTTP, and reads the answer whole; redirects are not followed. Ended by the signal. Throws `ERR_INVALID_CONFIG` for a header or body that cannot
 * be sent.
 */
export async function sendHttpRequest(
  request: NetworkRequest,
  { signal, socket: { maxPayloadBytes } }: Pick<NetworkEnv, 'signal' | 'socket'>,
  route: HttpRoute,
): Promise<HttpOutcome> {
  const sent = prepare(request, signal, route)
  let isReused = false
  let wasAnswered = false
  sent.once('socket', (socket) => {
    tuneSocket(socket)
    isReused = usedSockets.has(socket)
    usedSockets.add(socket)
  })
  sent.once('response', () => {
    wasAnswered = true
  })
  try {
    return { answer: await readAnswer(sent, request, maxPayloadBytes), isReused }
  } catch (thrown) {
    return { thrown, wasAnswered, isReused }
  }
}

/** What a socket says that the server had closed before it saw the request. */
const goneCodes = new Set(['ECONNRESET', 'EPIPE'])

/**
 * Whether a request was, as far as can be told, lost on a connection that the server was just ending, and does no harm if it was not. A POST may.
 * Source: RFC 9110, section 9.2.2, and RFC 9112, section 9.3.1.
 */
export function isWorthRepeating(outcome: HttpOutcome, { method }: NetworkRequest): boolean {
  if (!('thrown' in outcome) || !outcome.isReused || outcome.wasAnswered || method === 'POST') return false
  return goneCodes.has(String((outcome.thrown as NodeJS.ErrnoException).code))
}

/** The request, not yet on its way. What Node refuses to send it may repeat in its error, keys and signatures included: so without that as the cause. */
function prepare(
  { url, method, headers, body }: NetworkRequest,
  signal: AbortSignal,
  { address, agent, lookup }: HttpRoute,
): ClientRequest {
  try {
    return (address.protocol === 'https:' ? secureRequest : plainRequest)(address, {
      method,
      signal,
      lookup,
      agent,
      // A firewall may refuse a client that does not say what it is.
      headers: {
        accept: 'application/json',
        'user-agent': 'tapewire',
        ...(body === null ? {} : { 'content-length': Buffer.byteLength(body) }),
        ...headers,
      },
    })
  } catch {
    throw notSendable(url, headers)
  }
}

function notSendable(url: string, headers: NetworkRequest['headers']): StreamError {
  return new StreamError(
    'ERR_INVALID_CONFIG',
    'A REST request cannot be sent: its URL, a header or its body is not valid.',
    {
      context: { URL: redactUrl(url), Headers: Object.keys(headers).join(', ') },
      hint: 'Write the URL whole and without user info; look for line ends in keys read from files.',
    },
  )
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
