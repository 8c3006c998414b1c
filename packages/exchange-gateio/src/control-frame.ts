const pushMark = Buffer.from('"event":"update"')
const bookStreamMark = Buffer.from('"s":"ob.')

/**
 * Whether the bytes hold an acknowledgement, a pong or another reply rather than a push, told without decoding them. A push says
 * `"event":"update"`; those of `spot.obu` may leave the event out (spot WebSocket v4 docs), and name their stream instead.
 */
export function isControlFrame(bytes: Buffer, start: number, end: number): boolean {
  const window = bytes.subarray(start, end)
  return !window.includes(pushMark) && !window.includes(bookStreamMark)
}
