import { createHash, randomBytes } from 'node:crypto'
import {
  type ClientRequest,
  type Agent as HttpAgent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type RequestOptions,
} from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { LookupFunction, OnReadOpts, Socket } from 'node:net'
import { urlToHttpOptions } from 'node:url'
import type { Clock } from '../../clock/clock.js'
import { connectError } from '../connect-error.js'
import { readHandshakeRejection, upgradeRejection } from '../handshake-rejection.js'
import { SocketReads } from './socket-reads.js'

/** Where to connect and as whom. */
export interface HandshakeRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly agent: HttpAgent | undefined
  /** Finds the host. */
  readonly lookup: LookupFunction
  /** Tells how long a date of the server's is away. */
  readonly clock: Clock
}

/** A socket on which hands were shaken. */
export interface UpgradedSocket {
  readonly socket: Socket
  /** What it has read behind the handshake. */
  readonly head: Buffer
  /** What it reads from now on. */
  readonly reads: SocketReads
}

/**
 * The opening handshake of RFC 6455, section 4.1, without extensions and subprotocols. Resolves with what `accept` makes of the socket; it is called in the same
 * tick, so that nothing the socket says is missed.
 * Rejects as `openSocket` does; where the signal ends a handshake that was already refused, with the refusal.
 */
export function shakeHands<Accepted>(
  { url, headers, agent, lookup, clock }: HandshakeRequest,
  signal: AbortSignal,
  accept: (upgraded: UpgradedSocket) => Accepted,
): Promise<Accepted> {
  return new Promise((resolve, reject) => {
    const key = randomBytes(16).toString('base64')
    const reads = new SocketReads()
    const upgrade = {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': key,
    }
    const request = openRequest(url, { agent, lookup, headers: { ...headers, ...upgrade }, onread: reads.onread })
    let isRefused = false
    const onAbort = (): void => {
      if (!isRefused) reject(signal.reason)
      request.destroy()
    }
    const settle = (): void => signal.removeEventListener('abort', onAbort)
    signal.addEventListener('abort', onAbort, { once: true })
    request.on('socket', (socket) => {
      reads.socket = socket
    })
    request.on('response', (response) => {
      const { socket } = response
      isRefused = true
      void readHandshakeRejection(response, url, clock).then((error) => {
        settle()
        // Otherwise an agent that keeps connections might offer it to the next attempt.
        socket.destroy()
        reject(error)
      })
    })
    request.on('upgrade', (response, socket, head) => {
      settle()
      const fault = upgradeFault(response.headers, key)
      if (fault === null) {
        resolve(accept({ socket, head, reads }))
        return
      }
      socket.on('error', () => {})
      socket.destroy()
      reject(upgradeRejection(fault, url))
    })
    request.on('error', (error) => {
      if (isRefused) return
      settle()
      reject(connectError(error, url))
    })
    request.end()
  })
}

/** What `http.request` passes on to the socket that is made for it, beside its own options. */
type Options = Pick<RequestOptions, 'headers'> & {
  readonly agent: HttpAgent | undefined
  readonly lookup: LookupFunction
  readonly onread: OnReadOpts
}

function openRequest(address: string, { agent, ...options }: Options): ClientRequest {
  const url = new URL(address)
  const isSecure = url.protocol === 'wss:'
  const request = isSecure ? httpsRequest : httpRequest
  return request({
    ...urlToHttpOptions(url),
    protocol: isSecure ? 'https:' : 'http:',
    defaultPort: isSecure ? 443 : 80,
    ...options,
    // A connection of its own: the shared agent might hand out one that the server is just closing.
    agent: agent ?? false,
  })
}

/** RFC 6455, section 1.3. */
const acceptSuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** What is wrong with the headers of a server that answered 101, or null; RFC 6455, section 4.1. */
export function upgradeFault(headers: IncomingHttpHeaders, key: string): string | null {
  if (headers.upgrade?.toLowerCase() !== 'websocket') return 'Upgrade is not websocket'
  if (headers['sec-websocket-accept'] !== acceptFor(key)) return 'Sec-WebSocket-Accept does not fit our key'
  if (headers['sec-websocket-extensions'] !== undefined) return 'an extension that was not asked for'
  if (headers['sec-websocket-protocol'] !== undefined) return 'a subprotocol that was not asked for'
  return null
}

/** The accept value that answers a key. */
function acceptFor(key: string): string {
  return createHash('sha1')
    .update(key + acceptSuffix)
    .digest('base64')
}
