/** The longest text that is put together from its bytes; the native decoder is quicker with longer ones. */
export const longestShortText = 12

const { fromCharCode } = String

/**
 * The ASCII text of these bytes, at most `longestShortText`; null where one of them is not ASCII. A call into the native decoder costs more than all of this, and
 * each number of arguments is written out because gathering them in a list costs as much again.
 */
export function readShortText(bytes: Uint8Array, at: number, length: number): string | null {
  if (length > 8) {
    const head = readShortText(bytes, at, 8)
    const tail = readShortText(bytes, at + 8, length - 8)
    return head === null || tail === null ? null : head + tail
  }
  const a = bytes[at] as number
  const b = bytes[at + 1] as number
  const c = bytes[at + 2] as number
  const d = bytes[at + 3] as number
  if (length > 4) {
    const e = bytes[at + 4] as number
    const f = bytes[at + 5] as number
    const g = bytes[at + 6] as number
    const h = bytes[at + 7] as number
    switch (length) {
      case 5:
        return (a | b | c | d | e) > 0x7f ? null : fromCharCode(a, b, c, d, e)
      case 6:
        return (a | b | c | d | e | f) > 0x7f ? null : fromCharCode(a, b, c, d, e, f)
      case 7:
        return (a | b | c | d | e | f | g) > 0x7f ? null : fromCharCode(a, b, c, d, e, f, g)
      default:
        return (a | b | c | d | e | f | g | h) > 0x7f ? null : fromCharCode(a, b, c, d, e, f, g, h)
    }
  }
  switch (length) {
    case 0:
      return ''
    case 1:
      return a > 0x7f ? null : fromCharCode(a)
    case 2:
      return (a | b) > 0x7f ? null : fromCharCode(a, b)
    case 3:
      return (a | b | c) > 0x7f ? null : fromCharCode(a, b, c)
    default:
      return (a | b | c | d) > 0x7f ? null : fromCharCode(a, b, c, d)
  }
}
