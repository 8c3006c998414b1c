import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { PushDataV3ApiWrapper } from '../generated/push-data.js'
import { PayloadFault } from './payload-fault.js'

/** proto3 text is UTF-8; a byte that is not would otherwise be replaced in silence. */
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const decodeUtf8 = (bytes: Uint8Array): string => strictUtf8.decode(bytes)

/** Bodies are fields 301 and up of the wrapper (mexcdevelop/websocket-proto). */
const firstBody = 301

/** The wrapper of one binary frame. Unknown fields are skipped: MEXC adds some without notice. Faults on bytes that are not one whole wrapper. */
export function decodePush(bytes: Uint8Array): PushDataV3ApiWrapper {
  const reader = new BinaryReader(bytes, decodeUtf8)
  let push: PushDataV3ApiWrapper
  try {
    push = PushDataV3ApiWrapper.decode(reader)
  } catch (thrown) {
    throw new PayloadFault(`not a protobuf push: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
  }
  if (reader.pos !== bytes.length) throw new PayloadFault('not a protobuf push: its parts do not add up to the frame')
  return push
}

/** The field number of the first body of a push, known to us or not; null where there is none. Throws on bytes that are no wrapper up to there. */
export function findBody(bytes: Uint8Array): number | null {
  const reader = new BinaryReader(bytes)
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag()
    if (field >= firstBody && wireType === WireType.LengthDelimited) return field
    reader.skip(wireType, field)
  }
  return null
}

/** Whether nothing in a body is set: every field has its proto3 default. */
export function isBlank(body: object): boolean {
  return Object.values(body).every(
    (value) =>
      value === undefined ||
      value === '' ||
      value === 0 ||
      value === false ||
      (Array.isArray(value) && value.length === 0),
  )
}
