import type { Clock } from '../clock/clock.js'
import { redactAnswerTo, redactSecretsInUrl } from '../errors/redact-record.js'
import type { Network, NetworkAnswer, NetworkEnv, NetworkRequest, SocketAddress } from '../strategy/network.js'
import type { Transport } from '../strategy/transport.js'

/** The answer to one REST request, as it came. Keys, signatures and listen keys are replaced by `REDACTED`, in the URL as well. */
export interface ResponseEvent {
  readonly exchange: string
  readonly url: string
  /** The HTTP status, 100 to 599. */
  readonly status: number
  /** The raw text. */
  readonly body: string
  /** When it had arrived, epoch ms. */
  readonly time: number
}

/** A network whose REST answers can be shown. While nobody listens they are only passed on. */
export class AnswerTap implements Network {
  readonly #network: Network
  readonly #exchange: string
  readonly #clock: Clock
  readonly #listeners = new Set<(response: ResponseEvent) => void>()

  constructor(network: Network, exchange: string, clock: Clock) {
    this.#network = network
    this.#exchange = exchange
    this.#clock = clock
  }

  /** Shows every answer from now on to this listener, which must not throw. Returns what ends it. */
  add(listener: (response: ResponseEvent) => void): () => void {
    const own = (response: ResponseEvent): void => listener(response)
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  openSocket(address: SocketAddress, env: NetworkEnv): Promise<Transport> {
    return this.#network.openSocket(address, env)
  }

  async request(request: NetworkRequest, env: NetworkEnv): Promise<NetworkAnswer> {
    const answer = await this.#network.request(request, env)
    if (this.#listeners.size > 0) this.#show(request, answer)
    return answer
  }

  #show(request: NetworkRequest, { status, text }: NetworkAnswer): void {
    const response = {
      exchange: this.#exchange,
      url: redactSecretsInUrl(request.url),
      status,
      body: redactAnswerTo(request, text),
      time: this.#clock.now(),
    }
    for (const listener of this.#listeners) listener(response)
  }
}
