import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
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

export function answerRequest(
  response: ServerResponse,
  { status, body, headers, isEndless = false }: VenueResponse,
): void {
  response.writeHead(status, { ...defaultHeaders, ...headers })
  if (isEndless) repeat(response, body)
  else response.end(body)
}

/** Writes the same again and again, as fast as it is read, for as long as somebody reads. */
function repeat(response: ServerResponse, body: string): void {
  const fill = (): void => {
    while (!response.destroyed && response.write(body));
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
