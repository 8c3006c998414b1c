import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** RFC 6455, section 1.3. */
const acceptSuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** What is wrong with the headers of a server that answered 101, or null; RFC 6455, section 4.1. */
export function upgradeFault(headers: IncomingHttpHeaders, key: string): string | null {
  if (headers.upgrade?.toLowerCase() !== 'websocket') return 'Upgrade is not websocket'
  if (headers['sec-websocket-accept'] !== acceptFor(key)) return 'Sec-WebSocket-Accept does not fit our key'
  if (headers['sec-websocket-extensions'] !== undefined) return 'an extension that was not asked for'
  if (headers['sec-websocket-protocol'] !== undefined) return 'a subprotocol that was not asked for'
  return null
}

/** The accept value that answers a key. */
function acceptFor(key: string): string {
  return createHash('sha1')
    .update(key + acceptSuffix)
    .digest('base64')
}
