import { redacted } from '@tapewire/core/adapter'

const anywhere = 'listen_?key|api_?key|api_?secret|signature'
/** Short names that are secrets in a request and may be plain data in what an exchange sends. */
const inRequests = 'access_?key|key|sign|secret|token|passphrase|auth'
const jsonString = '"(?:[^"\\\\]|\\\\.)*"'

const userInfo = /(:\/\/)[^/?#@]*@/
const queryValue = new RegExp(`([?&](?:${anywhere}|${inRequests})=)[^&#]*`, 'gi')
const receivedField = new RegExp(`("(?:${anywhere})"\\s*:\\s*)${jsonString}`, 'gi')

/** A URL without what opens an account: listen keys, keys and signatures in the query, user info. The rest stays as it was, because replay looks it up. */
export function redactSecretsInUrl(url: string): string {
  return url.replace(userInfo, '$1').replace(queryValue, `$1${redacted}`)
}

/** What an exchange sent, without listen keys, API keys and signatures it may echo. Every other byte stays as it was. */
export function redactSecretsInAnswer(text: string): string {
  return text.replace(receivedField, `$1"${redacted}"`)
}
