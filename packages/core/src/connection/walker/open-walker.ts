import type { Transport } from '../../strategy/transport.js'
import type { SocketSettings } from '../socket-options.js'
import { shakeHands } from './handshake.js'
import { WalkerTransport } from './walker-transport.js'

/** Most fragments in one message; no venue sends more than a handful. */
const maxFragments = 16 * 1024

/** Opens a WebSocket whose frames are read by the frame walker. Rejects as `openSocket` does; the signal's reason included. */
export function openWalker(
  { url, headers }: { readonly url: string; readonly headers: Readonly<Record<string, string>> },
  signal: AbortSignal,
  { agent, maxPayloadBytes, clock }: SocketSettings,
): Promise<Transport> {
  return shakeHands(
    { url, headers, agent },
    signal,
    (upgraded) => new WalkerTransport(upgraded, { maxPayloadBytes, maxFragments, clock }),
  )
}
