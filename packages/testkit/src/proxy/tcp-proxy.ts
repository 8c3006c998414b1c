import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { Clock } from '@tapewire/core'
import { systemClock } from '@tapewire/core/adapter'
import { createRandom } from '../random.js'
import { listenError } from '../server/listen-error.js'
import { TestkitError } from '../testkit-error.js'
import { healthy, type LaneRules } from './lane-rules.js'
import {
  type Breakable,
  type ConnectionFaults,
  type Direction,
  type LinkFaults,
  makeConnectionFaults,
  makeLinkFaults,
} from './link-faults.js'
import { type LinkRules, type ProxiedConnection, ProxyLink } from './proxied-connection.js'
import { isUrl, type ProxyTarget, type TcpTarget, targetOf } from './tcp-target.js'

/** What stands behind a proxy, and where the proxy listens. */
export interface TcpProxyOptions {
  readonly target: ProxyTarget
  /** Of jitter and random pieces. Default 1. */
  readonly seed?: number
  /** Measures latencies and rates. Default: the machine's. */
  readonly clock?: Clock
  /** Default `127.0.0.1`. */
  readonly host?: string
  /** Default 0: any free one. */
  readonly port?: number
}

/** The faults of a whole proxy: its own are those of every connection, present and to come. */
export interface ProxyFaults extends ConnectionFaults {
  /** Of connections to come alone. */
  readonly ofNew: LinkFaults
  /** Of the connection with this index, present or to come; on top of those of all. */
  ofConnection(index: number): LinkFaults
  /** Resets every connection to come at once, until `acceptConnections()`. For a port on which nothing listens, close the proxy. */
  refuseConnections(): void
  acceptConnections(): void
}

/** A running proxy. */
export interface TcpProxy {
  readonly host: string
  readonly port: number
  /** The target's URL by way of the proxy; `tcp://127.0.0.1:PORT` where the target is none. */
  readonly url: string
  readonly faults: ProxyFaults
  /** Every connection that was made, in order, those that have ended too. Refused ones are not among them. */
  readonly connections: readonly ProxiedConnection[]
  /** Connections refused so far. */
  readonly refused: number
  /** Another URL of the target's, a REST API's for one, by way of the proxy: host and port are replaced. */
  urlOf(url: string | URL): string
  /**
   * Resolves as soon as the condition holds, which is asked whenever bytes came or went, or a connection began or ended. Rejects with the signal's reason,
   * or with `ERR_PROXY_CLOSED`.
   */
  until(condition: () => boolean, signal?: AbortSignal): Promise<void>
  /** Ends every connection; resolves when no socket and no timer is left. Calls after the first do nothing. */
  close(): Promise<void>
}

/**
 * Starts a TCP proxy in front of any server, on real sockets: what the network does to connections, below TLS, HTTP and WebSocket frames.
 * Throws a `TypeError` for a target without host or port; rejects with a `TestkitError`: `ERR_PORT_IN_USE`, `ERR_SERVER_FAILED`.
 *
 * @example
 * const proxy = await startTcpProxy({ target: 'ws://127.0.0.1:8080/ws' })
 * const socket = new WebSocket(proxy.url)
 * proxy.faults.halfOpen() // from now on nothing arrives on either side, and nobody is told
 */
export async function startTcpProxy(options: TcpProxyOptions): Promise<TcpProxy> {
  const { host = '127.0.0.1', port = 0 } = options
  const proxy = new RunningProxy(options)
  await proxy.listen(host, port)
  return proxy
}

class RunningProxy implements TcpProxy {
  readonly faults: ProxyFaults
  readonly connections: ProxyLink[] = []
  refused = 0
  host = ''
  port = 0
  #urlHost = ''
  readonly #options: TcpProxyOptions
  readonly #target: TcpTarget
  readonly #server: Server
  readonly #random: () => number
  readonly #clock: Clock
  readonly #waiting = new Set<() => void>()
  #newRules: LinkRules = { toClient: healthy, toServer: healthy }
  readonly #rulesOf = new Map<number, LinkRules>()
  #isRefusing = false
  #closing: Promise<void> | null = null
  #isClosed = false

  constructor(options: TcpProxyOptions) {
    const { seed = 1, clock = systemClock } = options
    this.#options = options
    this.#target = targetOf(options.target)
    this.#random = createRandom(seed)
    this.#clock = clock
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#accept(client))
    this.faults = this.#makeFaults()
  }

  listen(host: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.on('error', (cause) => reject(listenError(host, port, cause)))
      this.#server.listen(port, host, () => {
        const { address, family, port: number } = this.#server.address() as AddressInfo
        this.host = address
        this.#urlHost = family === 'IPv6' ? `[${address}]` : address
        this.port = number
        resolve()
      })
    })
  }

  get url(): string {
    const { target } = this.#options
    return isUrl(target) ? this.urlOf(target) : `tcp://${this.#urlHost}:${this.port}`
  }

  urlOf(url: string | URL): string {
    const moved = new URL(url)
    moved.hostname = this.#urlHost
    moved.port = String(this.port)
    // A URL without a path has none afterwards either.
    return String(url).endsWith('/') ? moved.href : moved.href.replace(/\/$/, '')
  }

  until(condition: () => boolean, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (end: () => void): void => {
        this.#waiting.delete(look)
        signal?.removeEventListener('abort', look)
        end()
      }
      const look = (): void => {
        if (condition()) settle(resolve)
        else if (signal?.aborted) settle(() => reject(signal.reason))
        else if (this.#isClosed) settle(() => reject(proxyClosed()))
      }
      this.#waiting.add(look)
      signal?.addEventListener('abort', look)
      look()
    })
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const connection of this.connections) connection.destroy()
    await closed
    await this.until(() => this.connections.every((one) => one.isClosed))
    this.#isClosed = true
    this.#wake()
  }

  #accept(client: Socket): void {
    if (this.#isRefusing || this.#closing !== null) {
      this.refused += 1
      client.on('error', () => {})
      client.resetAndDestroy()
      this.#wake()
      return
    }
    const index = this.connections.length
    const connection = new ProxyLink(client, this.#target, index, {
      clock: this.#clock,
      random: this.#random,
      // Two turns: the receiver may have its own in between.
      nextTurn: (callback) => void setImmediate(() => setImmediate(callback)),
      onChange: () => this.#wake(),
    })
    this.connections.push(connection)
    connection.begin(merge(this.#newRules, this.#rulesOf.get(index)))
    this.#wake()
  }

  /** Whoever waits looks again. */
  #wake(): void {
    for (const look of [...this.#waiting]) look()
  }

  #makeFaults(): ProxyFaults {
    const applyToNew = (direction: Direction, rules: Partial<LaneRules>): void => {
      this.#newRules = patched(this.#newRules, direction, rules)
    }
    const act = (action: (connection: Breakable) => void): void => {
      for (const connection of this.connections) action(connection)
    }
    return {
      ...makeConnectionFaults({
        apply: (direction, rules) => {
          applyToNew(direction, rules)
          for (const connection of this.connections) connection.apply(direction, rules)
        },
        act,
      }),
      ofNew: makeLinkFaults(applyToNew),
      ofConnection: (index) =>
        makeLinkFaults((direction, rules) => {
          const connection = this.connections[index]
          if (connection !== undefined) connection.apply(direction, rules)
          else this.#rulesOf.set(index, patched(this.#rulesOf.get(index) ?? noRules, direction, rules))
        }),
      refuseConnections: () => {
        this.#isRefusing = true
      },
      acceptConnections: () => {
        this.#isRefusing = false
      },
    }
  }
}

const noRules: LinkRules = { toClient: {}, toServer: {} }

function patched({ toClient, toServer }: LinkRules, direction: Direction, rules: Partial<LaneRules>): LinkRules {
  return {
    toClient: direction === 'to-server' ? toClient : { ...toClient, ...rules },
    toServer: direction === 'to-client' ? toServer : { ...toServer, ...rules },
  }
}

function merge(rules: LinkRules, more: LinkRules = noRules): LinkRules {
  return { toClient: { ...rules.toClient, ...more.toClient }, toServer: { ...rules.toServer, ...more.toServer } }
}

function proxyClosed(): TestkitError {
  return new TestkitError(
    'ERR_PROXY_CLOSED',
    'The proxy was closed before what was waited for came about.',
    'Wait for it before you close the proxy.',
  )
}
