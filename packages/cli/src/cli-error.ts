/** Codes of the command's own errors; those of the library are in `docs/errors.md`. Stable between major versions. */
export type CliErrorCode =
  | 'ERR_USAGE'
  | 'ERR_INTERRUPTED'
  | 'ERR_DNS_FAILED'
  | 'ERR_TCP_FAILED'
  | 'ERR_TLS_FAILED'
  | 'ERR_CLOCK_SKEW'
  | 'ERR_CLOCK_UNKNOWN'
  | 'ERR_FIRST_MESSAGE_TIMEOUT'
  | 'ERR_STREAM_INTERRUPTED'
  | 'ERR_NO_EMULATION'
  | 'ERR_NOTHING_TO_REPLAY'
  | 'ERR_NO_EXCHANGES'
  | 'ERR_NO_NATS_SERVER'
  | 'ERR_RELAY_ENDED'
  | 'ERR_OUTPUT_FAILED'
  | 'ERR_PORT_IN_USE'
  | 'ERR_SERVER_FAILED'
  | 'ERR_PACKAGE_BROKEN'
  | 'ERR_PACKAGE_NOT_BUILT'
  | 'ERR_PACKAGE_NOT_FOUND'
  | 'ERR_PAGE_NOT_BUILT'
  | 'ERR_RECORDING_INCOMPLETE'
  | 'ERR_REPLAY_INCOMPLETE'
  | 'ERR_INVALID_NAME'
  | 'ERR_NAME_TAKEN'
  | 'ERR_FOLDER_EXISTS'
  | 'ERR_NOTHING_TO_DRAFT'

/** What the command itself finds wrong, shaped like the library's errors: a stable code, what happened, what to do. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly code: CliErrorCode
  readonly shortMessage: string
  readonly hint: string

  constructor(code: CliErrorCode, shortMessage: string, hint: string) {
    super(`${shortMessage}  [${code}]\n${hint}`)
    this.code = code
    this.shortMessage = shortMessage
    this.hint = hint
  }
}

/** Something typed on the command line that cannot be meant; ends with exit code 2. */
export function usageError(shortMessage: string, hint: string): CliError {
  return new CliError('ERR_USAGE', shortMessage, hint)
}
