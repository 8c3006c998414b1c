import { createRequire } from 'node:module'
import type { Ajv, ErrorObject, JSONSchemaType } from 'ajv'
import type { ErrorCode } from '../errors/error-codes.js'
import { StreamError } from '../errors/stream-error.js'
import { suggest } from '../errors/suggest.js'
import { canGenerateCode } from './code-generation.js'
import { type Fault, interpreted, type Validate } from './interpret-schema.js'

/** Compiles a schema; where code may not be made from strings, it is interpreted. Both are loaded with the first options that are checked: ajv takes longer to load than all the rest. */
function compile(schema: object): Validate {
  return canGenerateCode ? compiled(schema) : interpreted(schema)
}

let ajv: Ajv | null = null

/** A validator as code. */
export function compiled(schema: object): Validate {
  if (ajv === null) {
    const { Ajv } = createRequire(import.meta.url)('ajv') as typeof import('ajv')
    ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true, useDefaults: false, coerceTypes: false })
  }
  const validate = ajv.compile(schema)
  return (options) => (validate(options) ? [] : (validate.errors ?? []).map(faultOf))
}

function faultOf({ instancePath, keyword, params, message }: ErrorObject): Fault {
  return {
    field: instancePath.slice(1).replaceAll('/', '.'),
    keyword,
    about: params.additionalProperty ?? params.missingProperty ?? params.allowedValues,
    claim: message ?? 'is not valid',
  }
}

/**
 * A checker for plain-data options, from their JSON schema. It reports every mistake together and never changes its input.
 * The returned function throws `code`, naming each wrong field, what it should be, and for an unknown one the likely meaning.
 * Values that are not data (functions, signals) do not belong into it.
 */
export function optionsChecker<Options>(
  title: string,
  schema: JSONSchemaType<Options> | Record<string, unknown>,
  code: ErrorCode = 'ERR_INVALID_CONFIG',
): (options: unknown) => void {
  let validate: Validate | null = null
  const known = optionsAt(schema, '')
  return (options) => {
    validate ??= compile(schema)
    const faults = validate(options).map((fault) => describe(fault, schema))
    if (faults.length === 0) return
    throw new StreamError(code, `${title}: ${[...new Set(faults)].join('; ')}.`, {
      hint: `Known options: ${known.join(', ')}.`,
    })
  }
}

function describe({ field, keyword, about, claim }: Fault, schema: object): string {
  if (keyword === 'additionalProperties') {
    const within = field === '' ? '' : `${field}.`
    const meant = suggest(String(about), optionsAt(schema, field))
    return `${within}${about} is not an option${meant === null ? '' : ` (did you mean ${within}${meant}?)`}`
  }
  if (keyword === 'enum') return `${field} must be one of ${(about as unknown[]).join(', ')}`
  if (keyword === 'required') return `${about} is missing`
  return `${field === '' ? 'the options' : field} ${claim}`
}

/** The options that the schema has at this place, which is a path with dots; none where it has no such object. */
function optionsAt(schema: object, field: string): readonly string[] {
  let place: Schema | undefined = schema
  for (const name of field === '' ? [] : field.split('.')) place = place?.properties?.[name]
  return Object.keys(place?.properties ?? {})
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
}
