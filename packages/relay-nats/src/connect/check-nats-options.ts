import { StreamError } from '@tapewire/core'
import { optionsChecker } from '@tapewire/core/adapter'
import type { NatsOptions } from './nats-options.js'
import { asksForTls } from './server-addresses.js'

const text = { type: 'string', minLength: 1 }

/** The schema of what `NatsOptions` adds to other options. */
const natsProperties: Readonly<Record<keyof NatsOptions, object>> = {
  servers: { anyOf: [text, { type: 'array', items: text, minItems: 1 }] },
  credentials: {
    type: 'object',
    additionalProperties: false,
    minProperties: 1,
    properties: { token: text, user: text, password: text, nkeySeed: text, credsFile: text },
  },
  tls: {
    type: 'object',
    additionalProperties: false,
    properties: { caFile: text, certFile: text, keyFile: text, handshakeFirst: { type: 'boolean' } },
  },
  name: text,
  connectTimeoutMs: { type: 'number', minimum: 1, maximum: 2_147_483_647 },
}

/** What else the options may hold. */
export interface CheckedOptions {
  /** Begins each message: `The options of the relay are not valid`. */
  readonly title: string
  /** The schema of each that is plain data; `function` for one that has to be that, and `other` for what somebody else looks at. A `signal` has to be one. */
  readonly properties: Readonly<Record<string, object | 'function' | 'other'>>
  /** What cannot be done without; `servers` never can. */
  readonly required?: readonly string[]
}

/**
 * A checker of options that say among others how NATS is reached. What it returns throws `ERR_INVALID_CONFIG`, naming the mistakes, before anything is connected. An option that is
 * undefined is as one that is left out.
 */
export function natsOptionsChecker({ title, properties, required = [] }: CheckedOptions): (options: object) => void {
  const schemas = Object.entries(properties).map(([name, schema]) => [name, typeof schema === 'string' ? {} : schema])
  const check = optionsChecker(title, {
    type: 'object',
    additionalProperties: false,
    required: ['servers', ...required],
    properties: { ...natsProperties, ...Object.fromEntries(schemas) },
  })
  return (options) => {
    const isRecord = typeof options === 'object' && options !== null && !Array.isArray(options)
    const given = isRecord ? Object.entries(options).filter(([, value]) => value !== undefined) : null
    // What is no data must not be looked at as if it were.
    check(given === null ? options : Object.fromEntries(given.map(([name, value]) => [name, shown(name, value)])))
    const noFunction = given?.find(([name, value]) => properties[name] === 'function' && typeof value !== 'function')
    if (noFunction !== undefined) throw invalid(`${noFunction[0]} must be a function`)
    const { servers, credentials, tls, signal } = options as NatsOptions & { readonly signal?: unknown }
    if (signal !== undefined && !(signal instanceof AbortSignal))
      throw invalid('signal must be an AbortSignal', 'Of an AbortController, pass its signal.')
    asksForTls([servers].flat())
    const lonely = lonelyOf(credentials ?? {}, 'credentials') ?? lonelyOf(tls ?? {}, 'tls')
    if (lonely !== null) throw invalid(lonely)
    const means = Object.entries(credentials ?? {}).flatMap(([name, value]) =>
      value === undefined || name === 'password' ? [] : [name],
    )
    if (means.length > 1) throw invalid(`credentials are several: ${means.join(', ')}`, oneMeans)
  }

  function shown(name: string, value: unknown): unknown {
    return typeof properties[name] === 'string' ? true : value
  }

  function invalid(problem: string, hint: string | null = null): StreamError {
    return new StreamError('ERR_INVALID_CONFIG', `${title}: ${problem}.`, hint === null ? {} : { hint })
  }
}

const oneMeans = 'Pass one of { token }, { user, password }, { nkeySeed } and { credsFile }.'

/** What means something together alone. */
const pairs = { credentials: ['user', 'password'], tls: ['certFile', 'keyFile'] } as const

function lonelyOf(given: object, of: keyof typeof pairs): string | null {
  const held = new Map(Object.entries(given))
  const missing = pairs[of].filter((name) => held.get(name) === undefined)
  return missing.length === 1 ? `${of}.${missing[0]} is missing` : null
}
