import fc from 'fast-check'
import type { PushDataV3ApiWrapper } from '../../src/shared/generated/push-data.js'
import { wrapperType } from './independent-codec.js'

type Type = typeof wrapperType
type Field = Type['fieldsArray'][number]

/** 64-bit integers are read as numbers, so only those that a number holds are generated; anything larger is refused, and tested elsewhere. */
const int64 = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 }),
  fc.constant(0),
)
const text = fc.oneof(
  fc.constantFrom('', '0', '87500.1', '龙虾USDT', '0.00000001'),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ minLength: 30, maxLength: 140 }),
)

/** Any push the .proto files allow: each field they name, of the type they give it. */
export const anyPush: fc.Arbitrary<PushDataV3ApiWrapper> = wrapperArbitrary(wrapperType)

/** The same push by plain field names, as protobufjs takes it. */
export function plainPush({ body, ...header }: PushDataV3ApiWrapper): Record<string, unknown> {
  return body === undefined ? { ...header } : { ...header, [body.$case]: body.value }
}

function wrapperArbitrary(type: Type): fc.Arbitrary<PushDataV3ApiWrapper> {
  const bodies = type.fieldsArray.filter(isBody)
  const header = messageArbitrary(type, (field) => !isBody(field))
  const body = fc.option(
    fc.oneof(
      ...bodies.map((field) => messageArbitrary(messageOf(field)).map((value) => ({ $case: field.name, value }))),
    ),
    { nil: undefined, freq: 50 },
  )
  return fc.tuple(header, body).map(([fields, chosen]) => ({ ...fields, body: chosen }) as PushDataV3ApiWrapper)
}

function messageArbitrary(
  type: Type,
  wanted: (field: Field) => boolean = () => true,
): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(
    Object.fromEntries(type.fieldsArray.filter(wanted).map((field) => [field.name, fieldArbitrary(field)])),
    { noNullPrototype: true },
  )
}

function fieldArbitrary(field: Field): fc.Arbitrary<unknown> {
  if (field.repeated) return fc.array(messageArbitrary(messageOf(field)), { maxLength: 6 })
  const scalar = scalarArbitrary(field)
  return field.partOf === null ? scalar : fc.option(scalar, { nil: undefined })
}

function scalarArbitrary({ type }: Field): fc.Arbitrary<unknown> {
  switch (type) {
    case 'string':
      return text
    case 'int64':
      return int64
    case 'int32':
      return fc.oneof(fc.integer(), fc.nat(6))
    case 'bool':
      return fc.boolean()
    default:
      throw new TypeError(`No values are generated for the protobuf type ${type}.`)
  }
}

/** Optional fields are a oneof of one, to protobuf; the bodies are the oneof of many. */
function isBody(field: Field): boolean {
  return field.partOf?.name === 'body'
}

function messageOf(field: Field): Type {
  return field.resolvedType as Type
}
