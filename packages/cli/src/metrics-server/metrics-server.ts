import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type MeasuredFeed, prometheusMetrics } from '@tapewire/core/prometheus'
import { listenOn } from '../http/listen-on.js'
import { isLoopback, isOwnHost } from '../http/own-host.js'

/** Adds to what is measured of the feeds. */
export type OnRegistry = (registry: ReturnType<typeof prometheusMetrics>) => void

export interface MetricsServerOptions {
  /** The label `feed` of each feed. It is looked through at each scrape: feeds may come and go. */
  readonly feeds: ReadonlyMap<MeasuredFeed, string>
  readonly host: string
  readonly onRegistry: OnRegistry
  /** 0 takes a free one. */
  readonly port: number
  /** Told what a scrape failed with. */
  readonly onError: (thrown: unknown) => void
}

/** Serves metrics to a Prometheus, and answers nothing else. */
export class MetricsServer {
  readonly #options: MetricsServerOptions
  readonly #http: Server
  readonly #registry: ReturnType<typeof prometheusMetrics>

  constructor(options: MetricsServerOptions) {
    const { feeds, onRegistry } = options
    this.#options = options
    this.#registry = prometheusMetrics(
      { [Symbol.iterator]: () => feeds.keys() },
      { nameOf: (feed) => feeds.get(feed) ?? '' },
    )
    onRegistry(this.#registry)
    this.#http = createServer({ maxHeaderSize: 8_192, requestTimeout: 10_000 }, (request, response) => {
      this.#answer(request, response).catch(options.onError)
    })
  }

  /** Resolves with the address of the metrics. Rejects with `ERR_PORT_IN_USE` and `ERR_SERVER_FAILED`. */
  async listen(): Promise<string> {
    const { host, port, onError } = this.#options
    const bound = await listenOn(this.#http, { host, port }, 'What serves the metrics')
    this.#http.on('error', onError)
    return `http://${host.includes(':') ? `[${host}]` : host}:${bound}/metrics`
  }

  /** Resolves when no socket is left. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#http.close(() => resolve()))
    this.#http.closeAllConnections()
    await closed
  }

  async #answer({ method, url, headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isMeant(this.#options.host, headers.host)) return refuse(response, 421, 'This is not who you asked for.')
    if (method !== 'GET' && method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD')
      return refuse(response, 405, 'Metrics can be read, and nothing else.')
    }
    if (url?.split('?', 1)[0] !== '/metrics') return refuse(response, 404, 'There is nothing but /metrics.')
    const text = await this.#registry.metrics().catch((thrown: unknown) => {
      this.#options.onError(thrown)
      return null
    })
    if (text === null) return refuse(response, 500, 'The metrics could not be read.')
    response.writeHead(200, { 'Content-Type': this.#registry.contentType, 'Content-Length': Buffer.byteLength(text) })
    response.end(method === 'HEAD' ? undefined : text)
  }
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' })
  response.end(`${text}\n`)
}

/**
 * Whether a request means this server by the name it uses. A page in a browser can have its own name lead to this machine (DNS rebinding) and would read what is served on loopback: there, a name that
 * is not loopback’s is refused. Who serves metrics to others is called whatever they call this machine.
 */
function isMeant(host: string, header: string | undefined): boolean {
  return !isLoopback(host) || isOwnHost({ host }, header)
}
