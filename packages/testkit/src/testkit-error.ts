/** Codes of the testkit's own errors; stable between major versions. */
export type TestkitErrorCode =
  | 'ERR_CAPTURE_EMPTY'
  | 'ERR_CAPTURE_LINE'
  | 'ERR_CAPTURE_UNREADABLE'
  | 'ERR_CAPTURE_UNWRITABLE'
  | 'ERR_PORT_IN_USE'
  | 'ERR_PROXY_CLOSED'
  | 'ERR_SERVER_FAILED'
  | 'ERR_UNKNOWN_CHECK'

/** What the testkit throws and rejects with, shaped like core's `StreamError`: branch on `code`, show `shortMessage` and `hint`. */
export class TestkitError extends Error {
  override readonly name: string = 'TestkitError'
  readonly code: TestkitErrorCode
  /** What happened, one sentence. */
  readonly shortMessage: string
  /** What to do about it, one sentence. */
  readonly hint: string

  constructor(code: TestkitErrorCode, shortMessage: string, hint: string, cause?: unknown) {
    super(`${shortMessage}  [${code}]\n  ${hint}`, cause === undefined ? undefined : { cause })
    this.code = code
    this.shortMessage = shortMessage
    this.hint = hint
  }
}

/** The system's own code of an error (`ENOENT`), or its message where it has none. */
export function systemReason(thrown: unknown): string {
  if (thrown instanceof Error) return 'code' in thrown ? String(thrown.code) : thrown.message
  return String(thrown)
}
