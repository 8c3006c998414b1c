import { createHash } from 'node:crypto'
import { StreamError } from '@tapewire/core'
import {
  abortable,
  callRest,
  checkedSignature,
  clockOffset,
  type Signer,
  type StrategyEnv,
  signingFailed,
  toStreamError,
} from '@tapewire/core/adapter'
import { gateioRest } from './errors.js'
import { digest } from './signature.js'

/** A connection does not wait longer than this to learn that this machine's clock is right, as most are. */
const timeoutMs = 3_000

const timeIn = (body: unknown): unknown => (body as { readonly server_time?: unknown } | null)?.server_time

/**
 * How far Gate.io's clock is from this machine's. Signed requests must carry a time within 60 s of the server's.
 * Source: Gate.io spot WebSocket v4 docs, "Authentication".
 */
export class ServerTime {
  readonly #restUrl: string
  #offsetMs = 0
  #renewal: Promise<void> | null = null

  constructor(restUrl: string) {
    this.#restUrl = restUrl
  }

  /**
   * Asks the server once (Gate.io REST v4 docs, `GET /spot/time`). Where it cannot be asked the last known offset stays, and the log has the reason: most machines' clocks are right, and a signature
   * that is refused for its time says so. Rejects only when aborted.
   */
  async measure(env: StrategyEnv): Promise<void> {
    try {
      this.#offsetMs = await clockOffset({ url: `${this.#restUrl}/spot/time`, timeoutMs }, timeIn, gateioRest, env)
      env.log.debug({ event: 'server-time', offsetMs: this.#offsetMs })
    } catch (thrown) {
      env.signal.throwIfAborted()
      const err = toStreamError(thrown, 'ERR_REST_FAILED', 'The server’s time could not be asked.')
      env.log.warn({ event: 'server-time-unknown', code: err.code, err })
    }
  }

  /** The server has refused a time made from what is known: that is forgotten, and measured anew. Asked several times at once, it is measured once. */
  renew(env: StrategyEnv): Promise<void> {
    this.#offsetMs = 0
    this.#renewal ??= this.measure(env).finally(() => {
      this.#renewal = null
    })
    return this.#renewal
  }

  /** The server's time in whole seconds, from the machine's in milliseconds. */
  seconds(wallTime: number): number {
    return Math.floor((wallTime + this.#offsetMs) / 1000)
  }
}

/** The SHA-512 of a body that is empty, as every GET has it. */
const emptyBodyHash = createHash('sha512').update('').digest('hex')

export interface SignedRestOptions {
  /** `https:`, or `http:` on loopback; without a slash at its end. */
  readonly restUrl: string
  readonly signer: Signer
  readonly serverTime: ServerTime
}

/** Signed calls of Gate.io's REST API that read something. Source: Gate.io REST v4 docs, "APIv4 signed request requirements". */
export class SignedRest {
  readonly #options: SignedRestOptions

  constructor(options: SignedRestOptions) {
    this.#options = options
  }

  /**
   * The body of the answer to a GET. A refused time is answered once by asking the exchange's clock and signing again. Rejects with `ERR_SIGNING_FAILED`, or
   * as `callRest`.
   */
  async get(path: string, parameters: Readonly<Record<string, string | number>>, env: StrategyEnv): Promise<unknown> {
    try {
      return await this.#send(path, parameters, env)
    } catch (thrown) {
      if (!(thrown instanceof StreamError) || thrown.code !== 'ERR_CLOCK_SKEW') throw thrown
      await this.#options.serverTime.renew(env)
      return await this.#send(path, parameters, env)
    }
  }

  /** What is signed is the query as it reads, not as it is escaped. */
  async #send(path: string, parameters: Readonly<Record<string, string | number>>, env: StrategyEnv): Promise<unknown> {
    const { restUrl, signer, serverTime } = this.#options
    const pairs = Object.entries(parameters)
    const url = `${restUrl}${path}?${pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`
    const query = pairs.map(([name, value]) => `${name}=${value}`).join('&')
    const timestamp = String(serverTime.seconds(env.clock.wallTime()))
    const signed = ['GET', new URL(url).pathname, query, emptyBodyHash, timestamp].join('\n')
    const signature = await abortable(sign(signer, signed), env.signal)
    const headers = { KEY: signer.apiKey, Timestamp: timestamp, SIGN: checkedSignature(signature, digest) }
    return (await callRest({ url, headers }, gateioRest, env)).body
  }
}

async function sign({ sign: signText }: Signer, text: string): Promise<unknown> {
  try {
    return await signText(text)
  } catch (thrown) {
    throw signingFailed(thrown)
  }
}
