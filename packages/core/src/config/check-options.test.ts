import { describe, expect, test } from 'vitest'
import { compiled, optionsChecker } from './check-options.js'
import { type Fault, interpreted } from './interpret-schema.js'

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['levels'],
  properties: {
    levels: { type: 'integer', enum: [5, 10, 20] },
    nested: {
      type: 'object',
      additionalProperties: false,
      properties: {
        rate: { type: 'number', minimum: 0, maximum: 10 },
        name: { type: ['string', 'null'], minLength: 1, pattern: '^[a-z]*$' },
        list: { type: 'array', items: { type: 'string', enum: ['a', 'b'] } },
      },
    },
  },
}
const check = optionsChecker('The depth is not valid', schema)

describe('interpreted schemas', () => {
  test.each([
    {},
    { levels: '5' },
    { levels: 7 },
    { levels: 5, level: 5 },
    { levels: 5, nested: { rate: -1 } },
    { levels: 5, nested: { rate: 11, name: '', zzz: 1, list: ['a', 'c'] } },
    { levels: 5, nested: { rate: undefined, name: 'B' } },
    { levels: 5, nested: 'x' },
    undefined,
    null,
  ])('are as strict as compiled ones, in the same words: %j', (options) => {
    expect(new Set(interpreted(schema)(options).map(told))).toEqual(new Set(compiled(schema)(options).map(told)))
  })
})

/** What users are told of a fault. */
function told({ field, keyword, about, claim }: Fault): unknown {
  if (keyword === 'additionalProperties' || keyword === 'required') return [field, keyword, about]
  return keyword === 'enum' ? [field, about] : [field, claim]
}

describe('optionsChecker', () => {
  test('lets valid options pass, unchanged', () => {
    const options = Object.freeze({ levels: 10, nested: Object.freeze({ rate: 1 }) })
    expect(() => check(options)).not.toThrow()
  })

  test.each([
    [{}, 'levels is missing'],
    [{ levels: '5' }, 'levels must be integer'],
    [{ levels: 7 }, 'levels must be one of 5, 10, 20'],
    [{ levels: 5, level: 5 }, 'level is not an option (did you mean levels?)'],
    [{ levels: 5, nested: { rat: 1 } }, 'nested.rat is not an option (did you mean nested.rate?)'],
    [{ levels: 5, zzz: 1 }, 'zzz is not an option'],
    [{ levels: 5, nested: { rate: -1 } }, 'nested.rate must be >= 0'],
    [undefined, 'the options must be object'],
    [null, 'the options must be object'],
  ])('says of %j: %s', (options, fault) => {
    expect(() => check(options)).toThrow(`The depth is not valid: `)
    expect(() => check(options)).toThrow(fault)
  })

  test('throws the code it was given', () => {
    const strict = optionsChecker('x', { type: 'object', properties: {} }, 'ERR_UNSUPPORTED_OPTION')
    expect(() => strict(7)).toThrow(expect.objectContaining({ code: 'ERR_UNSUPPORTED_OPTION' }))
  })
})
