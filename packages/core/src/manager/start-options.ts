import { waitOptionsChecker } from '../config/wait-options.js'

/** How a start goes on where not all is well. */
export interface StartOptions {
  /**
   * What becomes of the others where the exchange refuses streams. `reject`, the default: the start fails. `continue`: it goes on with the others; the refusal is reported to
   * `onError` (the `error` event), and `refused` lists it. Where everything is refused it fails all the same.
   */
  readonly onRefused?: 'reject' | 'continue'
  /**
   * Whether a first connection that cannot be made is tried again as a lost one is, after the delays of the reconnection policy and its circuit breaker: for as long as it takes,
   * unless `reconnectTimeLimitMs`, refused credentials or `signal` end it. By default the start fails at once, so that a wrong URL is known at once.
   */
  readonly retry?: boolean
  /** Ends the start: it rejects with the signal's reason, and nothing is left open. Of no effect once it is over. */
  readonly signal?: AbortSignal
}

/** The start options among others, without those that are left out. */
export function startOptionsOf({ onRefused, retry, signal }: StartOptions): StartOptions {
  return {
    ...(onRefused === undefined ? {} : { onRefused }),
    ...(retry === undefined ? {} : { retry }),
    ...(signal === undefined ? {} : { signal }),
  }
}

const checkKnown = waitOptionsChecker('The request to start is not valid', {
  symbols: {},
  channels: {},
  candleIntervals: {},
  onRefused: { type: 'string', enum: ['reject', 'continue'] },
  retry: { type: 'boolean' },
})

/** The request, without what is left out. Throws `ERR_INVALID_CONFIG` for unknown fields, and start options that cannot be meant; of the others the plan says what is wrong. */
export function checkInitializeRequest<Request extends StartOptions>(request: Request | undefined): Request {
  const asked: object = request ?? {}
  const isRecord = typeof asked === 'object' && !Array.isArray(asked)
  const given = isRecord ? Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)) : asked
  checkKnown(given)
  return given as Request
}
