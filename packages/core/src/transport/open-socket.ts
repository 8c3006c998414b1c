import { within } from '../clock/within.js'
import { checkSocketUrl } from '../config/check-url.js'
import type { SocketSettings } from '../config/endpoint-options.js'
import { StreamError } from '../errors/stream-error.js'
import type { Transport } from '../strategy/transport.js'
import { noAnswerInTime } from './connect-error.js'
import type { SocketAddress, SocketEnv } from './socket-address.js'
import { openWalker } from './walker/walker-transport.js'

const openers: Readonly<
  Record<SocketSettings['transport'], (address: SocketAddress, env: SocketEnv) => Promise<Transport>>
> = {
  // Loaded only when it is asked for: that package takes a good part of the library's time to load.
  ws: async (...socket) => (await import('./ws-transport.js')).openWs(...socket),
  walker: openWalker,
}

/**
 * Opens a WebSocket with the options that speed dictates: no compression, no UTF-8 check (parsers read bytes, and check what they decode as text),
 * no-delay and keep-alive. Timeouts and `receivedAt` are by `env.clock`. Rejects with `ERR_CONNECTION_REFUSED`, `ERR_CONNECTION_TIMEOUT`, `ERR_HOST_NOT_FOUND`,
 * `ERR_HANDSHAKE_REJECTED`, `ERR_AUTHENTICATION_FAILED` (401, 403 in JSON), `ERR_RATE_LIMITED` (429, or a page from a firewall), `ERR_INSECURE_URL`,
 * `ERR_INVALID_CONFIG`, or the signal's reason.
 */
export async function openSocket(address: SocketAddress, env: SocketEnv): Promise<Transport> {
  const { signal, clock, socket } = env
  signal.throwIfAborted()
  checkSocketUrl(address.url)
  const open = openers[socket.transport]
  if (open === undefined) throw unknownTransport(socket.transport)
  const timeoutError = (): StreamError => noAnswerInTime(address.url)
  return within({ clock, signal, timeoutMs: socket.handshakeTimeoutMs, timeoutError }, async (attempt) => {
    const transport = await open(address, { clock, socket, signal: attempt })
    if (!attempt.aborted) return transport
    transport.terminate()
    throw attempt.reason
  })
}

function unknownTransport(name: string): StreamError {
  return new StreamError('ERR_INVALID_CONFIG', `There is no transport called "${name}".`, {
    hint: `Choose one of: ${Object.keys(openers).join(', ')}.`,
  })
}
