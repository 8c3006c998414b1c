import dns, { type LookupAddress, type RecordWithTtl } from 'node:dns'
import { Resolver } from 'node:dns/promises'

/** What DNS itself says of a host. */
export interface HostRecords {
  readonly addresses: readonly LookupAddress[]
  /** How long they hold, ms: as long as the one that holds shortest. */
  readonly ttlMs: number
}

/** Who is asked where a host is. */
export interface HostResolver {
  /** The addresses as the machine itself would use them, in its order; `hints` as `dns.lookup` takes them. Rejects with the system's error. */
  lookup(host: string, hints: number): Promise<readonly LookupAddress[]>
  /** What DNS says, which is the only one to know how long it holds. Rejects where it says nothing. */
  records(host: string): Promise<HostRecords>
  /** Ends what is under way, as far as that can be. */
  close(): void
}

/** How long a DNS server may take, ms, and how often it is asked: what only it knows is not worth waiting for. */
const serverLimits = { timeout: 500, tries: 2 }

/** The resolvers of this machine. */
export class SystemResolver implements HostResolver {
  readonly #asking = new Set<Resolver>()

  lookup(host: string, hints: number): Promise<readonly LookupAddress[]> {
    return new Promise((resolve, reject) => {
      // By its name in the module, as there are tools that put themselves in its place.
      dns.lookup(host, { all: true, hints }, (error, addresses) => {
        if (error === null) resolve(addresses)
        else reject(error)
      })
    })
  }

  async records(host: string): Promise<HostRecords> {
    // A new one each time: it reads which servers to ask only once, and a machine may have moved to another network.
    const resolver = new Resolver(serverLimits)
    useChosenServers(resolver)
    this.#asking.add(resolver)
    try {
      const [v4, v6] = await Promise.allSettled([
        resolver.resolve4(host, { ttl: true }),
        resolver.resolve6(host, { ttl: true }),
      ])
      const records = [...recordsOf(v4, 4), ...recordsOf(v6, 6)]
      if (records.length === 0 && v4.status === 'rejected') throw v4.reason
      const ttlMs = Math.min(...records.map(({ ttl }) => ttl)) * 1_000
      return { addresses: records.map(({ address, family }) => ({ address, family })), ttlMs }
    } finally {
      this.#asking.delete(resolver)
    }
  }

  close(): void {
    for (const resolver of this.#asking) resolver.cancel()
  }
}

/** Those that the program chose with `dns.setServers()`. */
function useChosenServers(resolver: Resolver): void {
  try {
    resolver.setServers(dns.getServers())
  } catch {
    // Not every server that Node names can be set again (one with a zone, `fe80::1%eth0`): the system's own are asked then.
  }
}

function recordsOf(
  settled: PromiseSettledResult<readonly RecordWithTtl[]>,
  family: 4 | 6,
): (RecordWithTtl & { readonly family: 4 | 6 })[] {
  return settled.status === 'rejected' ? [] : settled.value.map((record) => ({ ...record, family }))
}
