import { createRequire } from 'node:module'
import type { OutputUnit, Schema } from '@cfworker/json-schema'

/** One thing that is wrong with options. */
export interface Fault {
  /** Where, as a path with dots; empty for the options themselves. */
  readonly field: string
  readonly keyword: string
  /** What the keyword is about: the field that is unknown, those that are required, the values that are allowed. */
  readonly about: unknown
  /** `must be integer` */
  readonly claim: string
}

/** Says what is wrong with options: nothing, where they are valid. */
export type Validate = (options: unknown) => readonly Fault[]

/** A validator that reads its schema anew each time: slower than a compiled one, and without code made from strings. */
export function interpreted(schema: object): Validate {
  const { Validator } = createRequire(import.meta.url)(
    '@cfworker/json-schema',
  ) as typeof import('@cfworker/json-schema')
  const validator = new Validator(schema as Schema, '7', false)
  return (options) => {
    const given = withoutUndefined(options) ?? null
    return validator.validate(given).errors.flatMap((error) => faultsOf(error, schema, given))
  }
}

/** Fields that are undefined count as absent; the validator refuses them. */
function withoutUndefined(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  const given = Object.entries(value).filter(([, held]) => held !== undefined)
  return Object.fromEntries(given.map(([name, held]) => [name, withoutUndefined(held)]))
}

/** Keywords that only say that something within is wrong, which is said of it too. */
const wrappers: ReadonlySet<string> = new Set(['properties', 'items', 'additionalProperties'])

function faultsOf(
  { instanceLocation, keyword, keywordLocation, error }: OutputUnit,
  schema: object,
  options: unknown,
): Fault[] {
  if (wrappers.has(keyword)) return []
  const field = instanceLocation.slice('#/'.length).replaceAll('/', '.')
  // A field that no schema allows.
  if (keyword === 'false') {
    const within = field.split('.').slice(0, -1).join('.')
    return [{ field: within, keyword: 'additionalProperties', about: field.split('.').at(-1), claim: '' }]
  }
  const about = valueAt(schema, keywordLocation)
  if (keyword !== 'required') return [{ field, keyword, about, claim: claims[keyword]?.(about) ?? error }]
  const holder = valueAt(options, instanceLocation) as object
  const missing = (about as string[]).filter((name) => !Object.hasOwn(holder, name))
  return missing.map((name) => ({ field, keyword, about: name, claim: '' }))
}

/** In the words of the compiled validator. */
const claims: Readonly<Record<string, (about: unknown) => string>> = {
  type: (type) => `must be ${[type].flat().join(',')}`,
  minimum: (limit) => `must be >= ${limit}`,
  maximum: (limit) => `must be <= ${limit}`,
  minLength: (length) => `must NOT have fewer than ${length} characters`,
  pattern: (pattern) => `must match pattern "${pattern}"`,
}

/** What a JSON pointer such as `#/properties/levels` leads to. */
function valueAt(root: unknown, pointer: string): unknown {
  const names = pointer.split('/').slice(1)
  return names.reduce((value, name) => (value as Readonly<Record<string, unknown>>)[name], root)
}
