import { StreamError, SubscriptionError } from '@tapewire/core'
import { exitCodes } from './exit-codes.js'
import { oneLine } from './terminal/one-line.js'
import { thrownText } from './thrown-text.js'

/** What went wrong, as the user sees it: never a stack trace. */
export interface Failure {
  readonly code: string
  readonly message: string
  readonly hint: string | null
  readonly context: Readonly<Record<string, string | number>>
  readonly exitCode: number
}

/** Codes that mean that the command line itself cannot be meant. */
const usageCodes: ReadonlySet<string> = new Set([
  'ERR_USAGE',
  'ERR_UNKNOWN_EXCHANGE',
  'ERR_EXCHANGE_NOT_INSTALLED',
  'ERR_INVALID_SYMBOL',
  'ERR_UNKNOWN_CHANNEL',
  'ERR_UNSUPPORTED_CHANNEL',
  'ERR_UNSUPPORTED_OPTION',
  'ERR_INVALID_CONFIG',
  'ERR_INSECURE_URL',
  'ERR_PACKAGE_NOT_FOUND',
  'ERR_UNKNOWN_CHECK',
  'ERR_INVALID_NAME',
  'ERR_NAME_TAKEN',
  'ERR_FOLDER_EXISTS',
])

/** Reads whatever was thrown. Errors without a code of ours are bugs, and say so. */
export function describeFailure(thrown: unknown): Failure {
  if (thrown instanceof SubscriptionError && thrown.rejected.every(isUnpublished)) return unpublished(thrown)
  if (isCoded(thrown)) {
    return {
      code: thrown.code,
      message: thrown.shortMessage,
      hint: thrown.hint,
      context: thrown instanceof StreamError ? thrown.context : {},
      exitCode: exitCodeOf(thrown.code),
    }
  }
  return {
    code: 'ERR_UNEXPECTED',
    message: thrownText(thrown),
    hint: 'This is a bug in tapewire: please report it with the command that led here.',
    context: {},
    exitCode: exitCodes.failed,
  }
}

/** Of streams over NATS: what a relay is missing for, or does not answer for. */
function isUnpublished({ exchangeCode }: SubscriptionError['rejected'][number]): boolean {
  return exchangeCode === 'NO_RELAY' || exchangeCode === 'NO_ANSWER'
}

/** No exchange was asked that could have refused anything. */
function unpublished({ rejected }: SubscriptionError): Failure {
  const listed = (names: readonly (string | null)[]): string => {
    const [first, ...others] = [...new Set(names)]
    return others.length < 5 ? [first, ...others].join(', ') : `${first} and ${others.length} more`
  }
  const what = listed(rejected.map(({ channel }) => channel))
  const whose = listed(rejected.map(({ symbol }) => symbol ?? 'the account'))
  return {
    code: 'ERR_NO_RELAY',
    message: `No relay publishes ${what} of ${whose}.`,
    hint: 'Look at the instruments, the --channels and the --prefix of tapewire relay.',
    context: {},
    exitCode: exitCodes.failed,
  }
}

/** `error[ERR_INVALID_SYMBOL]: "btcusdt" is not the name of an instrument. — Write …`, on one line. */
export function failureText(failure: Failure, label = 'error'): string {
  const context = Object.entries(failure.context).map(([name, value]) => `${name}: ${value}`)
  const where = context.length === 0 ? '' : ` (${context.join(', ')})`
  const hint = failure.hint === null ? '' : ` — ${failure.hint}`
  return oneLine(`${label}[${failure.code}]: ${failure.message}${where}${hint}`)
}

/** The same for machines, one JSON line. */
export function failureJson({ code, message, hint, context }: Failure, label = 'error'): string {
  return JSON.stringify({ [label]: { code, message, hint, context } })
}

interface CodedError {
  readonly code: string
  readonly shortMessage: string
  readonly hint: string | null
}

/** The errors of core, testkit and this package have one shape. */
function isCoded(thrown: unknown): thrown is Error & CodedError {
  return thrown instanceof Error && 'shortMessage' in thrown && 'code' in thrown && 'hint' in thrown
}

function exitCodeOf(code: string): number {
  if (code === 'ERR_INTERRUPTED') return exitCodes.interrupted
  return usageCodes.has(code) ? exitCodes.usage : exitCodes.failed
}
