import { StreamError } from '../errors/stream-error.js'
import type { ConnectionContext } from '../strategy/connection-strategy.js'
import type { Transport } from '../strategy/transport.js'
import { checkSocketUrl } from './check-url.js'
import { connectError } from './connect-error.js'
import { defaultSocketOptions, type SocketOptions, type SocketSettings } from './socket-options.js'
import { openWalker } from './walker/open-walker.js'

type SocketAddress = Pick<ConnectionContext, 'url' | 'headers'>

const openers: Readonly<
  Record<
    SocketSettings['transport'],
    (address: SocketAddress, signal: AbortSignal, settings: SocketSettings) => Promise<Transport>
  >
> = {
  // Loaded only when it is asked for: that package takes a good part of the library's time to load.
  ws: async (...socket) => (await import('./ws-transport.js')).openWs(...socket),
  walker: openWalker,
}

/**
 * Opens a WebSocket with the options that speed dictates: no compression, no UTF-8 check (parsers read bytes, and check what they decode as text),
 * no-delay and keep-alive. Rejects with `ERR_CONNECTION_REFUSED`, `ERR_CONNECTION_TIMEOUT`, `ERR_HOST_NOT_FOUND`, `ERR_HANDSHAKE_REJECTED`,
 * `ERR_AUTHENTICATION_FAILED` (401, 403 in JSON), `ERR_RATE_LIMITED` (429, or a page from a firewall), `ERR_INSECURE_URL`, `ERR_INVALID_CONFIG`, or the
 * signal's reason.
 */
export async function openSocket(
  address: SocketAddress,
  signal: AbortSignal,
  options: SocketOptions = {},
): Promise<Transport> {
  const settings: SocketSettings = { ...defaultSocketOptions, ...options }
  signal.throwIfAborted()
  checkSocketUrl(address.url)
  const open = openers[settings.transport]
  if (open === undefined) throw unknownTransport(settings.transport)
  const attempt = new AbortController()
  const deadline = settings.clock.setTimer(settings.handshakeTimeoutMs, () => attempt.abort(timeoutError(address.url)))
  const onAbort = (): void => attempt.abort(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    const transport = await open(address, attempt.signal, settings)
    if (!attempt.signal.aborted) return transport
    transport.terminate()
    throw attempt.signal.reason
  } finally {
    deadline.cancel()
    signal.removeEventListener('abort', onAbort)
  }
}

function timeoutError(url: string): StreamError {
  return connectError(Object.assign(new Error('The handshake took too long.'), { code: 'ETIMEDOUT' }), url)
}

function unknownTransport(name: string): StreamError {
  return new StreamError('ERR_INVALID_CONFIG', `There is no transport called "${name}".`, {
    hint: `Choose one of: ${Object.keys(openers).join(', ')}.`,
  })
}
