import type { LookupAddress } from 'node:dns'
import type { HostRecords, HostResolver } from './host-resolver.js'

/** A resolver that says what it is told to; for tests. */
export class TestResolver implements HostResolver {
  /** What the machine says; an error where it fails, null where it never answers. */
  system: readonly string[] | Error | null = []
  /** What DNS says itself; null where it says nothing. */
  dns: { readonly addresses: readonly string[]; readonly ttlSeconds: number } | null = null
  readonly looked: string[] = []
  readonly asked: string[] = []
  isClosed = false

  lookup(host: string): Promise<readonly LookupAddress[]> {
    this.looked.push(host)
    const { system } = this
    if (system === null) return new Promise(() => {})
    return system instanceof Error ? Promise.reject(system) : Promise.resolve(system.map(addressOf))
  }

  async records(host: string): Promise<HostRecords> {
    this.asked.push(host)
    if (this.dns === null) throw new Error('no DNS')
    return { addresses: this.dns.addresses.map(addressOf), ttlMs: this.dns.ttlSeconds * 1_000 }
  }

  close(): void {
    this.isClosed = true
  }
}

/** What the system says when DNS cannot be reached. */
export function lookupError(code: string): Error {
  return Object.assign(new Error(`getaddrinfo ${code}`), { code })
}

/** An address as Node has it. */
export function addressOf(address: string): LookupAddress {
  return { address, family: address.includes(':') ? 6 : 4 }
}
