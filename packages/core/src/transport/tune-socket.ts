import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** How long a socket is silent before TCP asks whether the other side is still there, ms. */
export const keepAliveDelayMs = 15_000

/**
 * No-delay, so that a small message waits for no acknowledgement of the one before, and keep-alive, so that TCP finds out by itself about a peer that is gone. What an
 * agent hands out may be no socket of the system's: then this is the agent's concern.
 */
export function tuneSocket(socket: Duplex): void {
  if (!(socket instanceof Socket)) return
  socket.setNoDelay(true)
  socket.setKeepAlive(true, keepAliveDelayMs)
}
