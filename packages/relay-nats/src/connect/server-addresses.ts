import { StreamError } from '@tapewire/core'

/**
 * Whether an address says that nothing but TLS will do: the servers are one cluster, and `tls://` before one of them is meant for all. NATS's client reads nothing of what stands before `://`.
 * Throws `ERR_INVALID_CONFIG` for what is no address of NATS; one without a scheme is as `nats://`.
 */
export function asksForTls(servers: readonly string[]): boolean {
  const schemes = servers.map((server) => /^(.*?):\/\//.exec(server.trim())?.[1]?.toLowerCase() ?? 'nats')
  const stranger = schemes.findIndex((scheme) => scheme !== 'nats' && scheme !== 'tls')
  if (stranger === -1) return schemes.includes('tls')
  throw new StreamError(
    'ERR_INVALID_CONFIG',
    `An address of a NATS server begins with nats:// or tls://, not with ${schemes[stranger]}://.`,
    {
      context: { Server: addressOf(servers[stranger] as string) },
      hint: 'Name the port for clients, usually 4222: those for WebSockets, HTTP and leaf nodes are others.',
    },
  )
}

/** Host and port of an address, without what may be secret in it. */
export function addressOf(server: string): string {
  return server.replace(/^.*?:\/\//, '').replace(/^.*@/, '')
}
