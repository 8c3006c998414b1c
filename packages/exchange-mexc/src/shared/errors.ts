import { type ErrorCode, StreamError } from '@tapewire/core'

interface Meaning {
  readonly code: ErrorCode
  readonly what: string
  readonly hint: string
}

const unknownKey: Meaning = {
  code: 'ERR_AUTHENTICATION_FAILED',
  what: 'MEXC does not know the API key.',
  hint: 'Check the key; one without a bound IP address expires after 90 days.',
}

const wrongSignature: Meaning = {
  code: 'ERR_AUTHENTICATION_FAILED',
  what: 'MEXC did not accept the signature.',
  hint: 'Check that the secret belongs to the key, whole and without blanks.',
}

const missingKey: Meaning = {
  code: 'ERR_AUTHENTICATION_FAILED',
  what: 'MEXC asks for an API key with the right permissions.',
  hint: 'Check the key, and that it may read the spot account (SPOT_ACCOUNT_R).',
}

const badTime: Meaning = {
  code: 'ERR_CLOCK_SKEW',
  what: 'MEXC did not accept the time of a signed request, not even after its own clock was asked.',
  hint: 'Synchronise this machine’s clock (NTP), and look for delays on the way; recvWindowMs may be raised to 60,000.',
}

/** What MEXC's error codes mean for a signed request. Source: MEXC spot v3 API docs, "Public API Definitions", error codes. */
const meanings: Readonly<Record<number, Meaning>> = {
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

/** MEXC's code for a listen key it does not know (any more). Source: mexcdevelop/mexc-api-demo issue 35. */
export const unknownListenKeyCode = 730708

/** Whether a code says that our time is wrong. */
export function isTimeRefusal(exchangeCode: number | null): boolean {
  return exchangeCode !== null && meanings[exchangeCode] === badTime
}

/** MEXC's own code of an error; null where it has none. */
export function exchangeCodeOf(error: unknown): number | null {
  const code = error instanceof StreamError ? error.context['Exchange code'] : undefined
  return typeof code === 'number' ? code : null
}

/** A refused request as a `StreamError`. The exchange's words are left out: they may repeat what was sent. */
export function restError(endpoint: string, status: number, exchangeCode: number | null): StreamError {
  const meaning = exchangeCode === null ? undefined : meanings[exchangeCode]
  const context = {
    Endpoint: endpoint,
    Status: status,
    ...(exchangeCode === null ? {} : { 'Exchange code': exchangeCode }),
  }
  if (meaning !== undefined) return new StreamError(meaning.code, meaning.what, { context, hint: meaning.hint })
  return new StreamError('ERR_REST_FAILED', 'MEXC refused a REST request.', {
    context,
    hint:
      status >= 500
        ? 'MEXC may be in trouble; try again later.'
        : 'Look the exchange code up in MEXC’s list of error codes.',
  })
}
