import type { SocketSettings } from '../config/endpoint-options.js'
import { StreamError } from '../errors/stream-error.js'
import type { Network, NetworkEnv, SocketAddress } from '../strategy/network.js'
import type { Transport } from '../strategy/transport.js'
import { sendHttpRequest } from './http-request.js'
import { openWalker } from './walker/walker-transport.js'

const openers: Readonly<
  Record<SocketSettings['transport'], (address: SocketAddress, env: NetworkEnv) => Promise<Transport>>
> = {
  // Loaded only when it is asked for: that package takes a good part of the library's time to load.
  ws: async (...socket) => (await import('./ws-transport.js')).openWs(...socket),
  walker: openWalker,
}

/** The network of the machine we run on. */
export const machineNetwork: Network = {
  async openSocket(address, env) {
    const open = openers[env.socket.transport]
    if (open === undefined) throw unknownTransport(env.socket.transport)
    return open(address, env)
  },
  request: sendHttpRequest,
}

function unknownTransport(name: string): StreamError {
  return new StreamError('ERR_INVALID_CONFIG', `There is no transport called "${name}".`, {
    hint: `Choose one of: ${Object.keys(openers).join(', ')}.`,
  })
}
