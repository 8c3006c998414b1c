import { RestServer } from './rest-server.js'

/** Most servers whose connections are kept; an exchange has one or two. */
const maxServers = 16

/** The REST servers that are called, by their origin. */
export class RestServers {
  readonly #byOrigin = new Map<string, RestServer>()

  /** The server that an `http:` or `https:` address is on. */
  of({ origin, protocol }: URL): RestServer {
    const known = this.#byOrigin.get(origin)
    if (known !== undefined) return known
    this.#makeRoom()
    const server = new RestServer(protocol === 'https:' ? 'https:' : 'http:')
    this.#byOrigin.set(origin, server)
    return server
  }

  /** Ends every connection. */
  close(): void {
    for (const server of this.#byOrigin.values()) server.close()
  }

  #makeRoom(): void {
    for (const [origin, server] of this.#byOrigin) {
      if (this.#byOrigin.size < maxServers) return
      if (!server.isIdle) continue
      server.close()
      this.#byOrigin.delete(origin)
    }
  }
}
