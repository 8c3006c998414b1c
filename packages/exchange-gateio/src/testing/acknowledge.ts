import { isControlFrame } from '../control-frame.js'
import { readRequest } from './read-request.js'
import { acknowledgementText, pongText } from './replies.js'

/**
 * What Gate.io answers to one frame of a client when all is well: an acknowledgement, a pong, or nothing. For servers that replay recorded data to
 * clients of today; `now` is epoch ms.
 */
export function acknowledgeGateio(message: string | Uint8Array, now: number = Date.now()): readonly string[] {
  const request = readRequest(message)
  if (request === null) return []
  const context = { now, connectionId: 'a1c0ffee00112233', traceId: '0f1e2d3c4b5a6978' }
  if (request.channel === 'spot.ping') return [pongText(context)]
  const isSubscription = request.event === 'subscribe' || request.event === 'unsubscribe'
  return isSubscription ? [acknowledgementText(request, context)] : []
}

/** Whether a frame of the server is an acknowledgement, a pong or another reply rather than a push. */
export function isGateioControl(message: string | Uint8Array): boolean {
  const bytes = Buffer.from(message as Uint8Array)
  return isControlFrame(bytes, 0, bytes.length)
}
