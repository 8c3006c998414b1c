import { isUtf8 } from 'node:buffer'
import type { Source } from '../source.js'

/** Whether a window is UTF-8. Nearly all is ASCII, and is looked at four bytes at a time: the channel of a push is longer than all else in it. */
export function isText({ bytes, memory, offset }: Source, start: number, end: number): boolean {
  let seen = 0
  let at = start
  for (; at + 4 <= end; at += 4) seen |= memory.getInt32(offset + at, true)
  for (; at < end; at += 1) seen |= bytes[at] as number
  return (seen & 0x8080_8080) === 0 || isUtf8(bytes.subarray(start, end))
}
