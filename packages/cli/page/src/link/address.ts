import type { LivePath, LiveSubprotocol } from '../../../src/commands/dashboard/protocol.js'

const livePath: LivePath = '/live'
const subprotocol: LiveSubprotocol = 'tapewire.dashboard.1'

/** Where the page's socket goes, and what it offers: the token comes in the fragment of the page's own address, which no browser sends. */
export function liveAddress({ protocol, host, hash }: Pick<Location, 'protocol' | 'host' | 'hash'>): {
  readonly url: string
  readonly protocols: readonly string[]
} {
  const token = new URLSearchParams(hash.slice(1)).get('token')
  return {
    url: `${protocol === 'https:' ? 'wss' : 'ws'}://${host}${livePath}`,
    protocols: token === null || token === '' ? [subprotocol] : [subprotocol, `token.${token}`],
  }
}
