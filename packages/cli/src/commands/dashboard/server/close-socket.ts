import type { Clock } from '@tapewire/core'
import type { WebSocket } from 'ws'
import type { LiveCloseCode } from '../protocol.js'

const answerWithinMs = 1_000

/** Closes a socket, and ends it where the other end does not answer that. */
export function closeSocket(socket: WebSocket, code: LiveCloseCode, clock: Clock): void {
  const timer = clock.setTimer(answerWithinMs, () => socket.terminate())
  socket.once('close', () => timer.cancel())
  socket.close(code)
}
