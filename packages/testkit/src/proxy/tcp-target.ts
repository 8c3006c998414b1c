/** A host and a port. */
export interface TcpTarget {
  readonly host: string
  readonly port: number
}

/** A URL of any scheme with a host (`ws`, `wss`, `http` and `https` have a port by themselves), or host and port. */
export type ProxyTarget = string | URL | TcpTarget

const knownPorts: Readonly<Record<string, number>> = { 'ws:': 80, 'http:': 80, 'wss:': 443, 'https:': 443 }

export function isUrl(target: ProxyTarget): target is string | URL {
  return typeof target === 'string' || target instanceof URL
}

/** Throws a `TypeError` where a host or a port is missing. */
export function targetOf(target: ProxyTarget): TcpTarget {
  if (!isUrl(target)) {
    if (target.host === '' || !(target.port > 0)) throw new TypeError('The target needs a host and a port above 0.')
    return target
  }
  if (!URL.canParse(String(target))) throw new TypeError(`The target is not a URL: ${target}`)
  const { hostname, port, protocol } = new URL(target)
  const number = port === '' ? (knownPorts[protocol] ?? 0) : Number(port)
  if (hostname === '' || number === 0) throw new TypeError(`The target needs a host and a port: ${target}`)
  // What a URL writes in brackets is an address without them.
  return { host: hostname.replace(/^\[|\]$/g, ''), port: number }
}
