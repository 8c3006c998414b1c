import type { Clock } from '../clock/clock.js'
import type { SocketSettings } from '../config/endpoint-options.js'
import type { Transport } from './transport.js'

/** Where to connect, and as whom. */
export interface SocketAddress {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** What a network is given beside an address or a request. */
export interface NetworkEnv {
  /** Aborted once what was begun is not wanted any more; its reason is a `StreamError`. */
  readonly signal: AbortSignal
  readonly clock: Clock
  readonly socket: SocketSettings
}

/** One request over HTTP, as it goes out. The URL and headers may hold signatures: neither ever reaches an error. */
export interface NetworkRequest {
  readonly url: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly headers: Readonly<Record<string, string>>
  /** Null where it has none. */
  readonly body: string | null
}

/** What came back, whole. */
export interface NetworkAnswer {
  readonly status: number
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly text: string
}

/**
 * What carries sockets and requests: the machine's own network, or one that only a simulation knows. Limits in time are kept by who calls it, who ends what is
 * under way by `env.signal`; limits in size are the network's, by `env.socket.maxPayloadBytes`.
 */
export interface Network {
  /** Opens a WebSocket. Rejects with the codes of `openSocket`, or the signal's reason. */
  openSocket(address: SocketAddress, env: NetworkEnv): Promise<Transport>
  /** Sends a request, and reads the answer whatever its status. Rejects with the codes of `requestJson` that are about the way there and back, or the signal's reason. */
  request(request: NetworkRequest, env: NetworkEnv): Promise<NetworkAnswer>
}
