import { redactUrl } from '../errors/redact.js'
import { StreamError } from '../errors/stream-error.js'

const refusals = new Set(['ECONNREFUSED', 'ENETUNREACH', 'EHOSTUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL'])
const timeouts = new Set(['ETIMEDOUT', 'ESOCKETTIMEDOUT'])
const lookups = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL'])

/** What Node reported when a host could not be reached, as one of our codes with a hint. */
export function connectError(thrown: unknown, url: string): StreamError {
  if (thrown instanceof StreamError) return thrown
  const code = systemCode(thrown)
  const context = { URL: redactUrl(url) }
  if (code !== null && lookups.has(code)) {
    return new StreamError('ERR_HOST_NOT_FOUND', `The host name ${hostOf(url)} could not be resolved.`, {
      context,
      hint: 'Check the spelling of the URL and this machine’s DNS.',
      cause: thrown,
    })
  }
  if (code !== null && timeouts.has(code)) return noAnswerInTime(url, thrown)
  if (code !== null && refusals.has(code)) {
    return new StreamError('ERR_CONNECTION_REFUSED', `Nothing accepts connections at ${hostOf(url)}.`, {
      context: { ...context, System: code },
      hint: 'Check host and port, and that the server runs.',
      cause: thrown,
    })
  }
  return new StreamError('ERR_CONNECTION_CLOSED', `The connection to ${hostOf(url)} could not be made.`, {
    context: code === null ? context : { ...context, System: code },
    hint: 'Try again; where it persists, look at the network between here and the exchange.',
    cause: thrown,
  })
}

/** The error for a host that takes too long: by our own clock, or by the system's, whose error is then the cause. */
export function noAnswerInTime(url: string, cause?: unknown): StreamError {
  return new StreamError('ERR_CONNECTION_TIMEOUT', `${hostOf(url)} did not answer in time.`, {
    context: { URL: redactUrl(url) },
    hint: 'The network may be congested or a firewall may be dropping packets.',
    ...(cause === undefined ? {} : { cause }),
  })
}

/** Node wraps: what an agent throws may hide the system error in `cause`, happy eyeballs in `errors`. */
function systemCode(thrown: unknown): string | null {
  if (!(thrown instanceof Error)) return null
  const { code, cause, errors } = thrown as Error & { code?: unknown; errors?: unknown[] }
  if (typeof code === 'string') return code
  return systemCode(Array.isArray(errors) ? errors[0] : cause)
}

function hostOf(url: string): string {
  try {
    return new URL(url).host
  } catch {
    return 'the given URL'
  }
}
