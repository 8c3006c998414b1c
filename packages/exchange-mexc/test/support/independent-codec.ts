import { fileURLToPath } from 'node:url'
import protobuf from 'protobufjs'

const definitions = fileURLToPath(new URL('../../proto/push-data.proto', import.meta.url))
const root = new protobuf.Root().loadSync(definitions, { keepCase: true }).resolveAll()

/**
 * The wrapper message as protobufjs reads it from the .proto files themselves: a second opinion on what the generated code does, and on whether it was
 * generated from the definitions as they are now.
 */
export const wrapperType: protobuf.Type = root.lookupType('PushDataV3ApiWrapper')

/** Bytes of a push given by field names; 64-bit integers may be text. */
export function encodeIndependently(json: Readonly<Record<string, unknown>>): Buffer {
  return Buffer.from(wrapperType.encode(wrapperType.fromObject({ ...json })).finish())
}

/** A push by field names, as far as its fields were sent; 64-bit integers as `longs` says. */
export function decodeIndependently(bytes: Uint8Array, longs: typeof String | typeof Number): Record<string, unknown> {
  return wrapperType.toObject(wrapperType.decode(bytes), { longs, arrays: false, defaults: false })
}
