import { createRequire } from 'node:module'
import type { Ajv, ErrorObject, JSONSchemaType, ValidateFunction } from 'ajv'
import type { ErrorCode } from '../errors/error-codes.js'
import { StreamError } from '../errors/stream-error.js'
import { suggest } from '../errors/suggest.js'

let ajv: Ajv | null = null

/** Compiles a schema. Loaded with the first options that are checked, not with the library: ajv takes longer to load than all the rest. */
function compile(schema: object): ValidateFunction {
  if (ajv === null) {
    const { Ajv } = createRequire(import.meta.url)('ajv') as typeof import('ajv')
    ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true, useDefaults: false, coerceTypes: false })
  }
  return ajv.compile(schema)
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
  let validate: ValidateFunction | null = null
  const known = Object.keys((schema as { properties?: object }).properties ?? {})
  return (options) => {
    validate ??= compile(schema)
    if (validate(options)) return
    const faults = (validate.errors ?? []).map((error) => describe(error, known))
    throw new StreamError(code, `${title}: ${[...new Set(faults)].join('; ')}.`, {
      hint: `Known options: ${known.join(', ')}.`,
    })
  }
}

function describe(error: ErrorObject, known: readonly string[]): string {
  const field = error.instancePath.slice(1).replaceAll('/', '.')
  if (error.keyword === 'additionalProperties') {
    const key = String(error.params.additionalProperty)
    const meant = suggest(key, known)
    return `${key} is not an option${meant === null ? '' : ` (did you mean ${meant}?)`}`
  }
  if (error.keyword === 'enum') return `${field} must be one of ${(error.params.allowedValues as unknown[]).join(', ')}`
  if (error.keyword === 'required') return `${error.params.missingProperty} is missing`
  return `${field === '' ? 'the options' : field} ${error.message ?? 'is not valid'}`
}
