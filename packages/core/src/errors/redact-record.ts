import { redacted } from './redact-request.js'

const anywhere = 'listen_?keys?|api_?key|api_?secret|signature'
/** Short names that are secrets in a request and may be plain data in what an exchange sends. */
const inRequests = 'access_?key|key|sign|secret|token|passphrase|auth'
const jsonString = '"(?:[^"\\\\]|\\\\.)*"'

const userInfo = /(:\/\/)[^/?#@]*@/
const queryValue = new RegExp(`([?&](?:${anywhere}|${inRequests})=)([^&#]*)`, 'gi')
const receivedField = new RegExp(`("(?:${anywhere})"\\s*:\\s*)(?:${jsonString}|(\\[[^[\\]]*\\]))`, 'gi')
const secretHeader = /key|sign|secret|token|auth|pass|cookie/i

/** Shorter than this, a text is no secret, and too short to be looked for elsewhere. */
const minLength = 8

/** A URL without what opens an account: listen keys, keys and signatures in the query, user info. The rest stays as it was, because a replay looks it up. */
export function redactSecretsInUrl(url: string): string {
  return url.replace(userInfo, '$1').replace(queryValue, `$1${redacted}`)
}

/** What an exchange sent, without listen keys, API keys and signatures it may echo. Every other byte stays as it was. */
export function redactSecretsInAnswer(text: string): string {
  return text.replace(receivedField, (_field, name: string, list: string | undefined) =>
    list === undefined ? `${name}"${redacted}"` : `${name}["${redacted}"]`,
  )
}

/** The answer to a request, without those secrets and without whatever of the request's own it repeats. */
export function redactAnswerTo(
  request: { readonly url: string; readonly headers: Readonly<Record<string, string>> },
  text: string,
): string {
  const inHeaders = Object.entries(request.headers).flatMap(([name, value]) =>
    secretHeader.test(name) ? value.split(/[\s,;=]+/) : [],
  )
  const inQuery = [...request.url.matchAll(queryValue)].map(([, , value = '']) => value)
  return [...inHeaders, ...inQuery]
    .filter((secret) => secret.length >= minLength)
    .reduce((shown, secret) => shown.replaceAll(secret, redacted), redactSecretsInAnswer(text))
}
