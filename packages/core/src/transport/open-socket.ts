import { within } from '../clock/within.js'
import { checkSocketUrl } from '../config/check-url.js'
import type { StreamError } from '../errors/stream-error.js'
import type { CallEnv } from '../strategy/env.js'
import type { SocketAddress } from '../strategy/network.js'
import type { Transport } from '../strategy/transport.js'
import { noAnswerInTime } from './connect-error.js'
import { sharedNetwork } from './machine-network.js'

/**
 * Opens a WebSocket with the options that speed dictates: no compression, no UTF-8 check (parsers read bytes, and check what they decode as text),
 * no-delay and keep-alive; over `env.network` where there is one. Timeouts and `receivedAt` are by `env.clock`. Rejects with `ERR_CONNECTION_REFUSED`, `ERR_CONNECTION_TIMEOUT`, `ERR_HOST_NOT_FOUND`,
 * `ERR_HANDSHAKE_REJECTED`, `ERR_AUTHENTICATION_FAILED` (401, 403 in JSON), `ERR_RATE_LIMITED` (429, or a page from a firewall), `ERR_INSECURE_URL`,
 * `ERR_INVALID_CONFIG`, or the signal's reason.
 */
export async function openSocket(address: SocketAddress, env: CallEnv): Promise<Transport> {
  const { signal, clock, socket, network } = env
  signal.throwIfAborted()
  checkSocketUrl(address.url)
  const timeoutError = (): StreamError => noAnswerInTime(address.url)
  return within({ clock, signal, timeoutMs: socket.handshakeTimeoutMs, timeoutError }, async (attempt) => {
    const transport = await (network ?? sharedNetwork(clock)).openSocket(address, { clock, socket, signal: attempt })
    if (!attempt.aborted) return transport
    transport.terminate()
    throw attempt.reason
  })
}
