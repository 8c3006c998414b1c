/**
 * A URL fit for a message or a log: the host and path stay, user info and every query value go.
 * Some exchanges carry a listen key in the query, so no query value is ever safe to show.
 */
export function redactUrl(url: string): string {
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch {
    return '(not a URL)'
  }
  const names = [...parsed.searchParams.keys()]
  const query = names.length === 0 ? '' : `?${names.map((name) => `${name}=…`).join('&')}`
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}${query}`
}
