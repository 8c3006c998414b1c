import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Clock, Timer } from '@tapewire/core'
import type { VenueRequest, VenueResponse } from '../venue/venue.js'

/** Longest request body that is read, bytes. */
const maxBodyBytes = 1024 * 1024
const defaultHeaders = { 'content-type': 'application/json; charset=utf-8' }

/** A request as venues see it; null where its target is not a URL. */
export function toVenueRequest(message: IncomingMessage, body: string): VenueRequest | null {
  const target = message.url ?? '/'
  const base = 'http://venue.invalid'
  if (!URL.canParse(target, base)) return null
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return { method: message.method ?? 'GET', url: new URL(target, base), headers, body }
}

/** The body as text; null where it is longer than a venue takes. Rejects where the client ends before its body does. */
export async function readBody(message: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of message as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > maxBodyBytes) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** How REST answers leave: so many ms later (`Infinity`: never), so many bytes a second, and whether their body has an end. */
export interface AnswerPace {
  readonly delayMs: number
  readonly bytesPerSecond: number
  readonly isEndless: boolean
}

/** A slow body leaves in pieces that take this long, ms. */
const slowPieceMs = 100

export function answerRequest(
  response: ServerResponse,
  { status, body, headers, isEndless = false }: VenueResponse,
  pace: AnswerPace,
  clock: Clock,
): void {
  const timer = new ResponseTimer(response, clock)
  timer.after(pace.delayMs, () => {
    response.writeHead(status, { ...defaultHeaders, ...headers })
    if (isEndless || pace.isEndless) repeat(response, body)
    else if (Number.isFinite(pace.bytesPerSecond)) drip(response, Buffer.from(body), pace.bytesPerSecond, timer)
    else response.end(body)
  })
}

/** Waits for one thing at a time, and not beyond the response. */
class ResponseTimer {
  readonly #clock: Clock
  #timer: Timer | null = null

  constructor(response: ServerResponse, clock: Clock) {
    this.#clock = clock
    response.once('close', () => this.#timer?.cancel())
  }

  after(delayMs: number, action: () => void): void {
    if (delayMs === 0) action()
    else if (Number.isFinite(delayMs)) this.#timer = this.#clock.setTimer(delayMs, action)
  }
}

/** Writes the body at that rate. */
function drip(response: ServerResponse, body: Buffer, bytesPerSecond: number, timer: ResponseTimer): void {
  const length = Math.max(1, Math.floor((bytesPerSecond * slowPieceMs) / 1_000))
  const next = (from: number): void => {
    const piece = body.subarray(from, from + length)
    if (from + length >= body.length) response.end(piece)
    else {
      response.write(piece)
      timer.after((piece.length / bytesPerSecond) * 1_000, () => next(from + length))
    }
  }
  next(0)
}

/** Writes the same again and again, as fast as it is read, for as long as somebody reads. */
function repeat(response: ServerResponse, body: string): void {
  // Of nothing there is no end either.
  const part = body === '' ? ' ' : body
  const fill = (): void => {
    while (!response.destroyed && response.write(part));
  }
  response.on('drain', fill)
  fill()
}

/** Answers a handshake with an HTTP response instead of an upgrade, and ends the connection. */
export function refuseHandshake(socket: Duplex, { status, body, headers }: VenueResponse): void {
  const fields = {
    ...defaultHeaders,
    ...headers,
    connection: 'close',
    'content-length': String(Buffer.byteLength(body)),
  }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`)
  socket.once('finish', () => socket.destroy())
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', body].join('\r\n'))
}
