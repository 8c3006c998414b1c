import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import { selfSigned } from './self-signed.js'

/** Where a server listens, at one of this machine's addresses. */
export interface WebPlace {
  readonly host?: string
  readonly port?: number
  readonly isSecure?: boolean
}

/** A server that answers REST and accepts WebSockets. */
export class WebServer {
  readonly web: Server
  readonly port: number
  /** From which port each of its connections came. */
  readonly clientPorts: number[] = []
  readonly #sockets: WebSocketServer

  private constructor(web: Server, sockets: WebSocketServer) {
    this.web = web
    this.port = (web.address() as AddressInfo).port
    this.#sockets = sockets
    web.on('connection', (socket) => this.clientPorts.push(socket.remotePort!))
  }

  static async start(
    listener: RequestListener = (_request, response) => void response.end('{}'),
    { host = '127.0.0.1', port = 0, isSecure = false }: WebPlace = {},
  ): Promise<WebServer> {
    const web = isSecure ? createSecureServer(selfSigned(), listener) : createServer(listener)
    const sockets = new WebSocketServer({ server: web })
    web.listen(port, host)
    await once(web, 'listening')
    return new WebServer(web, sockets)
  }

  async close(): Promise<void> {
    for (const client of this.#sockets.clients) client.terminate()
    this.web.closeAllConnections()
    if (!this.web.listening) return
    this.web.close()
    await once(this.web, 'close')
  }
}
