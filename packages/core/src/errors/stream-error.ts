import { docsPage } from './docs-page.js'
import { type ErrorCode, errorCodes } from './error-codes.js'

/** What a `StreamError` says beyond its code. */
export interface StreamErrorDetails {
  /** What we were doing, as label and value: `{ Channel: 'spot.trades', Symbol: 'FOO/USDT' }`. Never a secret. */
  readonly context?: Readonly<Record<string, string | number>>
  /** What the reader can do about it, one sentence. */
  readonly hint?: string
  /** How long the exchange asked us to wait before trying again, ms; left out or null where it did not say. */
  readonly retryAfterMs?: number | null
  /** The error underneath. */
  readonly cause?: unknown
}

/**
 * The one error this library throws, rejects with and reports.
 * Branch on `code` or `retryable`, never on the text. Secrets never reach `message`, `context` or `hint`.
 */
export class StreamError extends Error {
  override readonly name: string = 'StreamError'
  readonly code: ErrorCode
  /** What happened, one sentence, without the code and the context. */
  readonly shortMessage: string
  readonly context: Readonly<Record<string, string | number>>
  readonly hint: string | null
  /** Whether doing the same again later can succeed. */
  readonly retryable: boolean
  /** How long the exchange asked us to wait before trying again, ms, 0 to 24 hours; null where it did not say. */
  readonly retryAfterMs: number | null
  /** The page that explains the code. */
  readonly docs: string

  constructor(code: ErrorCode, shortMessage: string, details: StreamErrorDetails = {}) {
    super(
      composeMessage(code, shortMessage, details),
      details.cause === undefined ? undefined : { cause: details.cause },
    )
    this.code = code
    this.shortMessage = shortMessage
    this.context = details.context ?? {}
    this.hint = details.hint ?? null
    this.retryable = errorCodes[code].retryable
    this.retryAfterMs = details.retryAfterMs ?? null
    this.docs = docsPage(`errors.md#${code.toLowerCase()}`)
  }

  /** The error and its causes, outermost first. */
  *walk(): Generator<unknown> {
    let current: unknown = this
    while (current !== undefined && current !== null) {
      yield current
      current = current instanceof Error ? current.cause : undefined
    }
  }
}

function composeMessage(code: ErrorCode, shortMessage: string, details: StreamErrorDetails): string {
  const lines = [`${shortMessage}  [${code}]`]
  const context = Object.entries(details.context ?? {}).map(([label, value]) => `${label}: ${value}`)
  if (context.length > 0) lines.push(context.join('   '))
  if (details.hint !== undefined) lines.push(details.hint)
  return lines.join('\n')
}

/** Whatever was thrown, as a `StreamError`: itself where it is one, otherwise wrapped under `code`. */
export function toStreamError(thrown: unknown, code: ErrorCode, shortMessage: string): StreamError {
  if (thrown instanceof StreamError) return thrown
  return new StreamError(code, shortMessage, { cause: thrown })
}
