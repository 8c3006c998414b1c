/** A query name that is plainly a name. Anything else may be the secret itself. */
const plainName = /^[\w.-]{1,32}$/

/** Values shorter than this are no secrets, and too short to be looked for in a text. */
const minSecretLength = 4

/** A part of a path this long is a token, not a name. */
const longSegment = /[^/]{24,}/g

/**
 * A URL fit for a message or a log: the host and path stay, user info and every query value go.
 * Some exchanges carry a listen key in the query, so no query value is ever safe to show; nor is a long part of the path, where others carry it.
 */
export function redactUrl(url: string): string {
  const parsed = parseUrl(url)
  // An @ behind the host is user info that holds a slash: nothing of it is where it seems to be.
  if (parsed === null || parsed.host === '' || parsed.pathname.includes('@')) return '(not a URL)'
  const path = parsed.pathname.replaceAll(longSegment, '…')
  const query = parsed.search === '' ? '' : `?${parsed.search.slice(1).split('&').map(redactParameter).join('&')}`
  return `${parsed.protocol}//${parsed.host}${path}${query}`
}

/**
 * A text of somebody else's (an error page, an error body) fit for a message or a log: servers like to repeat what they were asked.
 * What the request to `url` said in its user info, query and header values is replaced.
 */
export function redactText(text: string, url: string, headers: Readonly<Record<string, unknown>> = {}): string {
  const secrets = [...secretsOf(url), ...Object.values(headers).flatMap((value) => String(value).split(/[\s,;=]+/))]
  return secrets
    .filter((secret) => secret.length >= minSecretLength)
    .sort((one, other) => other.length - one.length)
    .reduce((redacted, secret) => redacted.replaceAll(secret, '…'), text)
}

function redactParameter(parameter: string): string {
  const [name = '', value] = parameter.split('=', 2)
  return value !== undefined && plainName.test(name) ? `${name}=…` : '…'
}

/** What of a URL may be a secret: user info and the values of its query, as they are written and as they are meant. */
export function* secretsOf(url: string): Generator<string> {
  const parsed = parseUrl(url)
  if (parsed === null) return
  const written = [parsed.username, parsed.password]
  for (const parameter of parsed.search.slice(1).split('&')) {
    const [name = '', value] = parameter.split('=', 2)
    written.push(value ?? name)
  }
  yield* written
  for (const part of written) yield meantBy(part)
}

function meantBy(part: string): string {
  try {
    return decodeURIComponent(part.replaceAll('+', ' '))
  } catch {
    return part
  }
}

function parseUrl(url: string): URL | null {
  return URL.canParse(url) ? new URL(url) : null
}
