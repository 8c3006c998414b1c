import type { Agent } from 'node:http'
import { optionsChecker } from './check-options.js'
import { checkedRestUrl } from './check-url.js'

/** What a user may say about how sockets are opened and REST is called. */
export interface SocketOptions {
  /** How long a handshake may take in all, ms, 1 and up. */
  readonly handshakeTimeoutMs?: number
  /** Largest message accepted, bytes, 1 and up: a larger one ends the connection with code 1009. Likewise for the body of a REST answer. */
  readonly maxPayloadBytes?: number
  /** A proxy agent, as Node's `http.Agent`, for socket and REST alike. */
  readonly agent?: Agent
  /**
   * What reads and writes the frames: `walker`, which hands out windows on the socket's own memory, or `ws`, the package of that name. They behave alike;
   * `npm run bench -- receive` shows what each costs.
   */
  readonly transport?: 'ws' | 'walker'
}

/** `SocketOptions` with every default filled in. */
export interface SocketSettings {
  readonly handshakeTimeoutMs: number
  readonly maxPayloadBytes: number
  /** Undefined connects directly. */
  readonly agent: Agent | undefined
  readonly transport: 'ws' | 'walker'
}

/** What holds where `socket` does not say otherwise. */
export const defaultSocketSettings: SocketSettings = {
  handshakeTimeoutMs: 10_000,
  maxPayloadBytes: 16 * 1024 * 1024,
  agent: undefined,
  transport: 'walker',
}

/** Options every exchange's factories take. */
export interface EndpointOptions {
  /** Where to connect instead of the exchange's own address: a proxy, or a replay server on loopback. */
  readonly url?: string
  /** Where its REST API is instead: `https:`, or `http:` on loopback. */
  readonly restUrl?: string
  /** Handshake timeout, largest message, proxy agent, what reads the frames. */
  readonly socket?: SocketOptions
}

const socketProperties = {
  handshakeTimeoutMs: { type: 'number', minimum: 1 },
  maxPayloadBytes: { type: 'integer', minimum: 1 },
  agent: { type: 'object' },
  transport: { type: 'string', enum: ['ws', 'walker'] },
} as const

const endpointProperties = {
  url: { type: 'string', minLength: 1 },
  restUrl: { type: 'string', minLength: 1 },
  socket: { type: 'object', additionalProperties: false, properties: socketProperties },
} as const

const checkSocket = optionsChecker<SocketOptions>(
  'The socket cannot be opened with these options',
  { type: 'object', additionalProperties: false, properties: socketProperties },
  'ERR_UNSUPPORTED_OPTION',
)

/** The settings that options stand for; what is not given, or given as undefined, is as in `defaults`. Throws `ERR_UNSUPPORTED_OPTION`. */
export function resolveSocketSettings(
  options: SocketOptions | SocketSettings | null,
  defaults: SocketSettings = defaultSocketSettings,
): SocketSettings {
  if (options === null) return defaults
  const given = withoutUndefined(options)
  checkSocket(given)
  return { ...defaults, ...given }
}

/**
 * A checker for what an exchange's factory takes: `url`, `restUrl` and `socket`, which it knows, and the exchange's own options, each by its JSON schema.
 * The returned function gives the options without those that are undefined, and `restUrl` without slashes at its end. It throws `ERR_UNSUPPORTED_OPTION`, naming
 * every mistake together (`title` begins that message), and `ERR_INVALID_CONFIG` or `ERR_INSECURE_URL` for a `restUrl` that cannot be meant.
 *
 * @example
 * const checkOptions = exchangeOptionsChecker<AcmeOptions>('acme_spot does not have these options', { depth: { type: 'integer', enum: [5, 20] } })
 */
export function exchangeOptionsChecker<Options extends EndpointOptions>(
  title: string,
  properties: Readonly<Record<string, unknown>> = {},
): (options: Options | undefined) => Options {
  const check = optionsChecker<Options>(
    title,
    { type: 'object', additionalProperties: false, properties: { ...endpointProperties, ...properties } },
    'ERR_UNSUPPORTED_OPTION',
  )
  return (options) => {
    const given = isRecord(options) ? withoutUndefined(options) : (options ?? ({} as Options))
    check(isRecord(given.socket) ? { ...given, socket: withoutUndefined(given.socket) } : given)
    return given.restUrl === undefined ? given : { ...given, restUrl: checkedRestUrl(given.restUrl) }
  }
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A field given as undefined counts as not given. */
function withoutUndefined<Options extends object>(options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Options
}
