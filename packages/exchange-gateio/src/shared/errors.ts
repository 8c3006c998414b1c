import type { Refusal, RestDialect, RestMeaning } from '@tapewire/core/adapter'
import { isFields, optionalText } from './fields.js'

/** An error as Gate.io reports it. */
export interface ExchangeError {
  /** Its code as text, `"2"`; null where there is none. */
  readonly code: string | null
  /** Its own words, one line. */
  readonly reason: string
  /** Every text in it, whole: where to look for names. Not to be shown. */
  readonly text: string
}

/** Characters of an error that are kept. */
const maxReason = 300

/** Words by which the server says that a signature's time is too far from its own. Source: Gate.io REST v4 docs (`REQUEST_EXPIRED`). */
const clockComplaint = /REQUEST_EXPIRED|\btime ?stamp\b|\brequest (?:time|has expired|expired)\b/i

/** Codes of a refusal for who asked. Sources: Gate.io spot WebSocket v4 docs (4); ccxt maps 6 and 11 likewise. */
const authenticationCodes: ReadonlySet<string | null> = new Set(['4', '6', '11'])

/** Set where the error is about who we are or about our clock, not about what was asked for. */
export function refusalCode({ code, reason }: ExchangeError): Refusal['code'] {
  if (clockComplaint.test(reason)) return 'ERR_CLOCK_SKEW'
  return authenticationCodes.has(code) ? 'ERR_AUTHENTICATION_FAILED' : undefined
}

/** Codes that blame the server or the moment. Sources: Gate.io spot WebSocket v4 docs (3, server error); HTTP (429). */
const momentaryCodes: ReadonlySet<string | null> = new Set(['3', '429'])

/** Words to the same effect, under whatever code. Source: Gate.io REST v4 docs (`TOO_MANY_REQUESTS`, `SERVER_ERROR`); the others are what servers say. */
const momentaryWords =
  /TOO_MANY_REQUESTS|SERVER_ERROR|\btoo many\b|\brate limit|\btime(?:d )?out\b|\b(?:server|system|service) (?:error|busy|unavailable)\b/i

/** Whether the same request may be accepted later: the error blames the server or the moment, not what was asked for. */
export function isMomentary({ code, reason }: ExchangeError): boolean {
  return momentaryCodes.has(code) || momentaryWords.test(reason)
}

/**
 * Reads what stands in `error`: `{code, message}` with the code as a number or text, where the message of an authentication failure is itself a JSON
 * text (`{"label":"INVALID_KEY","message":"…"}`); also `{label, message}` and plain text.
 */
export function readExchangeError(error: unknown): ExchangeError {
  const text = textsIn(error).join('\n')
  if (!isFields(error)) return { code: null, reason: shortened(wordsOf(error)), text }
  const { code, label, message } = error
  const codeText = typeof code === 'number' || typeof code === 'string' ? String(code) : null
  return { code: codeText, reason: shortened(labelled(label, wordsOf(message))), text }
}

/** Objects in objects that are looked through, and texts in texts. */
const maxDepth = 4

/** The texts in a value, at any place: of a text that is JSON those in it, of an object the names of its fields too. */
function textsIn(value: unknown, depth = 0): readonly string[] {
  if (depth > maxDepth) return []
  if (typeof value === 'string') {
    const nested = nestedIn(value)
    return nested === null ? [value] : textsIn(nested, depth + 1)
  }
  if (Array.isArray(value)) return value.flatMap((item) => textsIn(item, depth + 1))
  if (!isFields(value)) return []
  return Object.entries(value).flatMap(([name, field]) => [name, ...textsIn(field, depth + 1)])
}

/** What a text is that is itself the JSON of an object or a list; null for any other. */
function nestedIn(text: string): object | null {
  if (!/^\s*[[{]/.test(text)) return null
  try {
    return JSON.parse(text) as object
  } catch {
    return null
  }
}

function wordsOf(value: unknown): string {
  if (value === undefined || value === null) return 'no reason was given'
  if (typeof value !== 'string') return JSON.stringify(value)
  const trimmed = value.trim()
  const nested = nestedIn(trimmed)
  if (isFields(nested) && typeof nested.message === 'string') return labelled(nested.label, nested.message.trim())
  return trimmed === '' ? 'no reason was given' : trimmed
}

function labelled(label: unknown, words: string): string {
  return typeof label === 'string' && label !== '' ? `${label}: ${words}` : words
}

/** Fit to be shown: without keys and signatures, which servers like to repeat; Gate.io's are hexadecimal, 32 digits and more. */
function shortened(words: string): string {
  const shown = words.replace(/[0-9a-f]{32,}/gi, '…')
  return shown.length > maxReason ? `${shown.slice(0, maxReason)}…` : shown
}

const unknownPair: RestMeaning = {
  code: 'ERR_INVALID_SYMBOL',
  what: 'Gate.io does not know the pair.',
  hint: 'The instrument may be delisted or misspelled.',
}

const wrongKey: RestMeaning = {
  code: 'ERR_AUTHENTICATION_FAILED',
  what: 'Gate.io did not accept the key, its permissions or the signature.',
  hint: 'Check the key, the secret, and the addresses it may be used from.',
}

/** What the labels of REST errors mean. Source: Gate.io REST v4 docs, "Error handling". */
const meanings: ReadonlyMap<string | number, RestMeaning> = new Map([
  ['INVALID_CURRENCY', unknownPair],
  ['INVALID_CURRENCY_PAIR', unknownPair],
  ['INVALID_KEY', wrongKey],
  ['INVALID_SIGNATURE', wrongKey],
  ['MISSING_REQUIRED_HEADER', wrongKey],
  ['IP_FORBIDDEN', wrongKey],
  ['READ_ONLY', wrongKey],
  ['FORBIDDEN', wrongKey],
  [
    'REQUEST_EXPIRED',
    {
      code: 'ERR_CLOCK_SKEW',
      what: 'Gate.io did not accept the time of a signed request.',
      hint: 'Synchronise this machine’s clock (NTP), and look for delays on the way.',
    },
  ],
  [
    'TOO_MANY_REQUESTS',
    {
      code: 'ERR_RATE_LIMITED',
      what: 'Gate.io refused a request because of too many requests.',
      hint: 'Wait before trying again, and spread requests out.',
    },
  ],
])

/** Errors are `{label, message}`. Source: Gate.io REST v4 docs, "Error handling". */
export const gateioRest: RestDialect = {
  title: 'Gate.io',
  errorCodeIn: (body) => (isFields(body) ? optionalText(body.label) : null),
  meaningOf: (exchangeCode) => meanings.get(exchangeCode) ?? null,
}
