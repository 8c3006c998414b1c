import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** What a token may be: safe in a fragment and as a subprotocol, and too long to be guessed. */
const tokenPattern = /^[A-Za-z0-9_-]{16,128}$/

export function isToken(text: string): boolean {
  return tokenPattern.test(text)
}

/** 192 bits of chance. */
export function makeToken(): string {
  return randomBytes(24).toString('base64url')
}

/** Who may see the page, and who may connect to it. */
export interface Access {
  /** Where the server listens, as it was asked for. */
  readonly host: string
  /** Null where none is required. */
  readonly token: string | null
}

/** Whether a WebSocket comes from the page that this server serves. Browsers always say where it comes from; what does not say so is refused. */
export function isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined || host === undefined || !URL.canParse(origin)) return false
  const { protocol, host: from } = new URL(origin)
  return (protocol === 'http:' || protocol === 'https:') && from === host.toLowerCase()
}

/** Whether the token is among the subprotocols that are offered, as `token.<token>`. Takes as long for a wrong one as for the right one. */
export function hasToken({ token }: Access, offered: readonly string[]): boolean {
  if (token === null) return true
  const given = offered.find((protocol) => protocol.startsWith(tokenPrefix))?.slice(tokenPrefix.length) ?? ''
  return timingSafeEqual(digest(given), digest(token))
}

const tokenPrefix = 'token.'

/** The names of a `Sec-WebSocket-Protocol`. */
export function offeredProtocols(header: string | undefined): readonly string[] {
  return header === undefined ? [] : header.split(',').map((name) => name.trim())
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
