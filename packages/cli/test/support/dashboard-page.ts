import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type IncomingHttpHeaders, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished, vi } from 'vitest'
import { type ClientOptions, WebSocket } from 'ws'
import { afterState, type FeedState } from '../../page/src/state/feed-state.js'
import type { MarketMessage, PageMessage, ServerMessage, StateMessage } from '../../src/commands/dashboard/protocol.js'

/** A folder with what stands for a built page, gone after the test. */
export function pageFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tapewire-page-'))
  writeFileSync(
    join(folder, 'index.html'),
    '<!doctype html><title>page</title><script type="module" src="/app.js"></script>',
  )
  writeFileSync(join(folder, 'app.js'), 'export {}')
  writeFileSync(join(folder, 'secret.key'), 'of a type that no page has')
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Asks as a browser does, or as none does: paths and headers are sent as they are. */
export async function ask(
  url: string,
  path: string,
  options: { method?: string; host?: string } = {},
): Promise<Answer> {
  const { hostname, port, host: own } = new URL(url)
  const { method = 'GET', host = own } = options
  const sent = request({ hostname, port, path, method, headers: { host }, agent: false })
  sent.end()
  const [response] = await once(sent, 'response')
  response.setEncoding('utf8')
  let body = ''
  for await (const chunk of response) body += chunk
  return { status: response.statusCode, headers: response.headers, body }
}

/** A page that is connected, as a browser would be. */
export class LivePage {
  readonly socket: WebSocket
  readonly messages: ServerMessage[] = []
  /** Everything that came, as it came. */
  text = ''

  constructor(url: string, options: ClientOptions & { readonly protocols?: readonly string[] } = {}) {
    const { origin, host, hash } = new URL(url)
    const token = hash.replace('#token=', '')
    const { protocols = ['tapewire.dashboard.1', ...(token === '' ? [] : [`token.${token}`])], ...more } = options
    this.socket = new WebSocket(`ws://${host}/live`, [...protocols], { origin, ...more })
    this.socket.on('error', () => {})
    this.socket.on('message', (data) => {
      const text = String(data)
      this.text += text
      this.messages.push(JSON.parse(text) as ServerMessage)
    })
    onTestFinished(() => this.socket.terminate())
  }

  send(message: PageMessage): void {
    this.socket.send(JSON.stringify(message))
  }

  get states(): readonly StateMessage[] {
    return this.messages.filter((message) => message.type === 'state')
  }

  /** The first feed, as the page would show it by now; null before it is told. */
  get feed(): FeedState | null {
    const [first, ...others] = this.states.filter(({ exchange }) => exchange === this.states[0]?.exchange)
    return first === undefined ? null : others.reduce(afterState, afterState(undefined, first))
  }

  get markets(): readonly MarketMessage[] {
    return this.messages.filter((message) => message.type === 'market')
  }

  /** Resolves with the code. */
  async closed(): Promise<number> {
    if (this.socket.readyState === WebSocket.CLOSED) throw new Error('It is closed already.')
    const [code] = await once(this.socket, 'close')
    return code as number
  }

  /** Resolves with the HTTP status with which the handshake was refused. */
  async refused(): Promise<number> {
    const [, response] = await once(this.socket, 'unexpected-response')
    response.resume()
    return response.statusCode
  }

  /** Waits until what came is so. */
  async until(check: () => void, timeout = 5_000): Promise<void> {
    await vi.waitFor(check, { timeout, interval: 10 })
  }
}
