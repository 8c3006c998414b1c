import { refused, varintEnd, varintValue } from './varint.js'
import { fixed32Wire, fixed64Wire, lengthWire, varintWire } from './wire.js'

/**
 * Where the field whose tag begins at `start` ends. Refuses what is no field, and one that is declared: it was not recognised, so it has another wire type, or a
 * tag written longer than need be. Zero is no tag, nor is any other without a field number.
 */
export function skipField(bytes: Buffer, start: number, end: number, declared: Uint8Array): number {
  const position = varintEnd(bytes, start, end)
  if (position === refused) return refused
  const tag = varintValue(bytes, start, position)
  if (tag < 8 || tag >= 2 ** 32 || declared[Math.floor(tag / 8)] === 1) return refused
  switch (tag % 8) {
    case varintWire:
      return varintEnd(bytes, position, end)
    case lengthWire: {
      const content = varintEnd(bytes, position, end)
      if (content === refused) return refused
      const length = varintValue(bytes, position, content)
      return length <= end - content ? content + length : refused
    }
    case fixed64Wire:
      return position + 8 <= end ? position + 8 : refused
    case fixed32Wire:
      return position + 4 <= end ? position + 4 : refused
    default:
      return refused
  }
}
