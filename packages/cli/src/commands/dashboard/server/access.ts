import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import { hostname } from 'node:os'

/** What a token may be: safe in a fragment and as a subprotocol, and too long to be guessed. */
const tokenPattern = /^[A-Za-z0-9_-]{16,128}$/

export function isToken(text: string): boolean {
  return tokenPattern.test(text)
}

/** 192 bits of chance. */
export function makeToken(): string {
  return randomBytes(24).toString('base64url')
}

/** Whether only programs of this machine reach what listens there. */
export function isLoopback(host: string): boolean {
  const address = host.toLowerCase()
  return address === 'localhost' || address === '::1' || (isIP(address) === 4 && address.startsWith('127.'))
}

/** Who may see the page, and who may connect to it. */
export interface Access {
  /** Where the server listens, as it was asked for. */
  readonly host: string
  /** Null where none is required. */
  readonly token: string | null
}

/**
 * Whether a request means this server by the name it uses. A page of another site can have its own name lead to this machine (DNS rebinding), and is then of the same
 * origin as what it reads here: a name that is not ours is refused. A bare address is safe, because no name had to be resolved for it.
 */
export function isOwnHost({ host }: Access, header: string | undefined): boolean {
  const name = hostnameOf(header)
  if (name === null) return false
  if (isLoopback(name)) return true
  // Who listens on loopback alone is reached by no other name, through a tunnel neither.
  if (isLoopback(host)) return false
  return isIP(name) !== 0 || name === host.toLowerCase() || name === hostname().toLowerCase()
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

/** `127.0.0.1` of `127.0.0.1:8642`, `::1` of `[::1]:8642`; null where it is no host and port. */
function hostnameOf(header: string | undefined): string | null {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(header ?? '')
  return (match?.[1] ?? match?.[2] ?? null)?.toLowerCase() ?? null
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
