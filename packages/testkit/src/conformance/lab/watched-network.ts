import type {
  Network,
  NetworkAnswer,
  NetworkEnv,
  NetworkRequest,
  SocketAddress,
  Transport,
} from '@tapewire/core/adapter'

/** A network, and the addresses that were asked for over it. */
export class WatchedNetwork implements Network {
  /** As they were asked for, query included. */
  readonly socketUrls: string[] = []
  readonly restUrls: string[] = []
  readonly #network: Network

  constructor(network: Network) {
    this.#network = network
  }

  openSocket(address: SocketAddress, env: NetworkEnv): Promise<Transport> {
    this.socketUrls.push(address.url)
    return this.#network.openSocket(address, env)
  }

  request(request: NetworkRequest, env: NetworkEnv): Promise<NetworkAnswer> {
    this.restUrls.push(request.url)
    return this.#network.request(request, env)
  }
}
