/** Names of fields that hold a secret in a request, whatever the exchange. */
const secretNames =
  'listen_?key|api_?key|api_?secret|access_?key|key|signature|sign|sig|secret|token|pass_?phrase|password|auth'
const jsonString = '"((?:[^"\\\\]|\\\\.)*)"'

const secretField = new RegExp(`("(?:${secretNames})"\\s*:\\s*)${jsonString}`, 'gi')
const authContainer = /("auth"\s*:\s*)(\{[^{}]*\}|\[[^[\]]*\])/gi
const fieldValue = new RegExp(`(:\\s*)${jsonString}`, 'g')
const item = new RegExp(jsonString, 'g')

/** What stands in a secret's place, so that a reader sees that there was one. */
export const redacted = 'REDACTED'

/**
 * A request as text without keys, signatures and whatever its `auth` field holds; every other byte stays as it was. `onSecret` is told each text that was left out.
 */
export function redactRequest(text: string, onSecret: (secret: string) => void = () => {}): string {
  const leaveOut = (before: string, secret: string): string => {
    onSecret(secret)
    return `${before}"${redacted}"`
  }
  return text
    .replace(authContainer, (_whole, name: string, value: string) =>
      value.startsWith('{')
        ? name + value.replace(fieldValue, (_field, before: string, secret: string) => leaveOut(before, secret))
        : name + value.replace(item, (_item, secret: string) => leaveOut('', secret)),
    )
    .replace(secretField, (_whole, before: string, secret: string) =>
      secret === redacted ? `${before}"${redacted}"` : leaveOut(before, secret),
    )
}
