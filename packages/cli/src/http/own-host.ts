import { isIP } from 'node:net'
import { hostname } from 'node:os'

/** Whether only programs of this machine reach what listens there. */
export function isLoopback(host: string): boolean {
  const address = host.toLowerCase()
  return address === 'localhost' || address === '::1' || (isIP(address) === 4 && address.startsWith('127.'))
}

/**
 * Whether a request means a server of this machine, which listens on `host`, by the name it uses. A page of another site can have its own name lead to this machine (DNS rebinding), and is then of the same
 * origin as what it reads here: a name that is not ours is refused. A bare address is safe, because no name had to be resolved for it.
 */
export function isOwnHost({ host }: { readonly host: string }, header: string | undefined): boolean {
  const name = hostnameOf(header)
  if (name === null) return false
  if (isLoopback(name)) return true
  // Who listens on loopback alone is reached by no other name, through a tunnel neither.
  if (isLoopback(host)) return false
  return isIP(name) !== 0 || name === host.toLowerCase() || name === hostname().toLowerCase()
}

/** `127.0.0.1` of `127.0.0.1:8642`, `::1` of `[::1]:8642`; null where it is no host and port. */
function hostnameOf(header: string | undefined): string | null {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(header ?? '')
  return (match?.[1] ?? match?.[2] ?? null)?.toLowerCase() ?? null
}
