import { StreamError } from '@tapewire/core'
import type { RestDialect, RestMeaning } from '@tapewire/core/adapter'

const unknownKey: RestMeaning = {
  code: 'ERR_AUTHENTICATION_FAILED',
  what: 'MEXC does not know the API key.',
  hint: 'Check the key; one without a bound IP address expires after 90 days.',
}

const wrongSignature: RestMeaning = {
  code: 'ERR_AUTHENTICATION_FAILED',
  what: 'MEXC did not accept the signature.',
  hint: 'Check that the secret belongs to the key, whole and without blanks.',
}

const missingKey: RestMeaning = {
  code: 'ERR_AUTHENTICATION_FAILED',
  what: 'MEXC asks for an API key with the right permissions.',
  hint: 'Check the key, and that it may read the spot account (SPOT_ACCOUNT_R).',
}

const badTime: RestMeaning = {
  code: 'ERR_CLOCK_SKEW',
  what: 'MEXC did not accept the time of a signed request, not even after its own clock was asked.',
  hint: 'Synchronise this machine’s clock (NTP), and look for delays on the way; recvWindowMs may be raised to 60,000.',
}

const badSymbol: RestMeaning = {
  code: 'ERR_INVALID_SYMBOL',
  what: 'MEXC does not know the symbol.',
  hint: 'The instrument may be delisted or misspelled.',
}

/** What MEXC's error codes mean. Source: MEXC spot v3 API docs, "Public API Definitions", error codes. */
const meanings: Readonly<Record<string | number, RestMeaning>> = {
  [-1121]: badSymbol,
  400: missingKey,
  401: missingKey,
  403: {
    code: 'ERR_RATE_LIMITED',
    what: 'MEXC denied access to this address.',
    hint: 'Wait a few minutes before trying again; the firewall in front of the API blocks busy addresses.',
  },
  429: {
    code: 'ERR_RATE_LIMITED',
    what: 'MEXC refused a request because of too many requests.',
    hint: 'Wait before trying again, and spread requests out.',
  },
  10007: badSymbol,
  30014: badSymbol,
  30021: badSymbol,
  730001: badSymbol,
  602: wrongSignature,
  700002: wrongSignature,
  10072: unknownKey,
  700001: unknownKey,
  10073: badTime,
  700003: badTime,
  700006: {
    code: 'ERR_AUTHENTICATION_FAILED',
    what: 'MEXC does not accept the API key from this IP address.',
    hint: 'Add the address this machine is seen with to the whitelist of the key.',
  },
  700007: {
    code: 'ERR_AUTHENTICATION_FAILED',
    what: 'The API key may not use this endpoint.',
    hint: 'Give the key permission to read the spot account (SPOT_ACCOUNT_R).',
  },
}

/** Codes that blame the server or the moment. Source: MEXC spot v3 API docs, "Public API Definitions", error codes (too many requests, internal errors, unavailable). */
const momentaryCodes: ReadonlySet<string | null> = new Set(['429', '500', '503', '504'])

/** Words to the same effect. The one reason that MEXC was seen to give, `Blocked!`, is about the stream. Source: JKorf/Mexc.Net issue 35. */
const momentaryWords =
  /\btoo (?:many|frequent)|\brate limit|\btime(?:d )?out\b|\b(?:server|system|service) (?:error|busy|unavailable)\b|\btry again\b/i

/** Whether the same request may be accepted later: the refusal blames the server or the moment, not what was asked for. */
export function isMomentary(exchangeCode: string | null, reason: string): boolean {
  return momentaryCodes.has(exchangeCode) || momentaryWords.test(reason)
}

/** Codes that successes have. Source: MEXC spot v3 API docs, "Public API Definitions". */
const successCodes: ReadonlySet<unknown> = new Set([0, 200])

/** A code as MEXC sends it, a number or text: a number where it is one. Null for what is no code. */
export function codeOf(code: unknown): string | number | null {
  if (typeof code === 'number') return code
  if (typeof code !== 'string' || code === '') return null
  return /^-?\d+$/.test(code) ? Number(code) : code
}

/** Errors are `{"code":n,"msg":"…"}`, the code as a number or as text; most successes have none. */
export const mexcRest: RestDialect = {
  title: 'MEXC',
  errorCodeIn(body) {
    const code = codeOf(((body ?? {}) as { code?: unknown }).code)
    return successCodes.has(code) ? null : code
  },
  meaningOf: (exchangeCode) => (Object.hasOwn(meanings, exchangeCode) ? (meanings[exchangeCode] ?? null) : null),
}

/** MEXC's own code of an error; null where it has none. */
export function exchangeCodeOf(error: unknown): string | number | null {
  return (error instanceof StreamError ? error.context['Exchange code'] : undefined) ?? null
}
