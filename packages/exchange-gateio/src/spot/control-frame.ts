const pushMark = Buffer.from('"event":"update"')
const bookStreamMark = Buffer.from('"s":"ob.')

/**
 * Whether the bytes hold an acknowledgement, a pong or another reply rather than a push, told without decoding them. A push says
 * `"event":"update"`; those of `spot.obu` may leave the event out (spot WebSocket v4 docs), and name their stream instead.
 */
export function isControlFrame(bytes: Buffer, start: number, end: number): boolean {
  const window = bytes.subarray(start, end)
  if (window.includes(pushMark) || window.includes(bookStreamMark)) return false
  // Control is rare, so that a second look costs little; data that was taken for it would overtake what came before.
  return !says(window, '"event"', '"update"') && !says(window, '"s"', '"ob.')
}

/** Whether a value follows a key somewhere, spaces beside the colon or none. */
function says(window: Buffer, key: string, value: string): boolean {
  for (let place = window.indexOf(key); place !== -1; place = window.indexOf(key, place + 1)) {
    const colon = behindBlanks(window, place + key.length)
    if (window[colon] !== colonSign) continue
    const begin = behindBlanks(window, colon + 1)
    if (window.toString('latin1', begin, begin + value.length) === value) return true
  }
  return false
}

function behindBlanks(window: Buffer, from: number): number {
  let place = from
  while (blanks.has(window[place] as number)) place += 1
  return place
}

const colonSign = 0x3a
/** Space, tab and both ends of a line: what JSON takes between its signs. */
const blanks: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d])

/**
 * Where the name of a push's channel begins, behind `spot.`. Nothing before it is looked at but one letter: seconds have ten digits and milliseconds
 * thirteen until the year 2286, so that the name stands at one of two places. What stands there must be checked; it may be anything.
 */
export function channelPlace(bytes: Buffer, start: number): number {
  return start + (bytes[start + secondKey] === letterT ? behindMilliseconds : behindSeconds)
}

const letterT = 't'.charCodeAt(0)
const time = '{"time":1767225600,"'
const channel = 'channel":"spot.'
/** Here begins the key after `time`: `time_ms`, or `channel` in frames from before 2022. */
const secondKey = time.length
const behindSeconds = time.length + channel.length
const behindMilliseconds = behindSeconds + 'time_ms":1767225600123,"'.length
