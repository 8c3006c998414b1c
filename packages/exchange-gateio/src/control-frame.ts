import { channelPlace } from './parsers/channel-place.js'

const pushMark = Buffer.from('"event":"update"')
const bookStreamMark = Buffer.from('"s":"ob.')
/** No channel has a longer name behind `spot.`. */
const longestName = 'order_book_update'.length
const quote = 34

/**
 * Whether the bytes hold an acknowledgement, a pong or another reply rather than a push, told without decoding them. A push says
 * `"event":"update"`; those of `spot.obu` may leave the event out (spot WebSocket v4 docs), and name their stream instead.
 */
export function isControlFrame(bytes: Buffer, start: number, end: number): boolean {
  if (hasMarkInPlace(bytes, start, end)) return false
  const window = bytes.subarray(start, end)
  return !window.includes(pushMark) && !window.includes(bookStreamMark)
}

/** Whether the mark stands where pushes have it, behind the name of the channel: then the frame need not be searched. */
function hasMarkInPlace(bytes: Buffer, start: number, end: number): boolean {
  const name = channelPlace(bytes, start)
  let at = name
  while (bytes[at] !== quote && at - name < longestName) at += 1
  const mark = at + '",'.length
  if (mark + pushMark.length > end) return false
  for (let index = 0; index < pushMark.length; index += 1) if (bytes[mark + index] !== pushMark[index]) return false
  return true
}
