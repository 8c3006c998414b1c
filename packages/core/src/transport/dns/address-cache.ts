import type { LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'
import type { Clock } from '../../clock/clock.js'
import type { NetworkCounting } from '../../metrics/network-metrics.js'
import { orderAddresses } from './address-order.js'
import type { HostResolver } from './host-resolver.js'

/** How long an answer holds of which DNS does not say it (a line in the hosts file), and at most, ms. */
const defaultTtlMs = 60_000
const longestTtlMs = 3_600_000

/** How long is waited for a new answer where there is an old one, ms: a resolver that fails takes its time to say so. */
const patienceMs = 500

/** Most hosts that are remembered; of more, those that were asked for longest ago are forgotten. */
const maxHosts = 64

/** What a connect asks for addresses with. */
export interface Passage {
  /** For Node's `lookup` option. */
  readonly lookup: LookupFunction
  /** Nothing came of the connect: its host is looked up again for the next one, which begins with another address. */
  fail(): void
}

interface Answer {
  readonly addresses: readonly LookupAddress[]
  /** By the clock; negative infinity once it is not trusted. */
  freshUntil: number
}

/** What is known of a host. */
interface Host {
  readonly name: string
  /** The latest answer, however old. */
  answer: Answer | null
  /** While it is being looked up. */
  asking: Promise<Answer> | null
  /** How many connects were given its addresses. */
  turn: number
  /** When a connect to an address failed. */
  readonly failedAt: Map<string, number>
}

/**
 * Where hosts are, remembered for as long as DNS says. The machine's own resolver decides on the addresses, so that hosts file, VPN and order are as without a cache; DNS
 * is asked beside it how long they hold, and for the addresses where the machine's resolver fails. Where both fail, or take too long, the last known ones are used.
 */
export class AddressCache {
  readonly #clock: Clock
  readonly #resolver: HostResolver
  readonly #counts: NetworkCounting
  readonly #hosts = new Map<string, Host>()

  constructor(clock: Clock, resolver: HostResolver, counts: NetworkCounting) {
    this.#clock = clock
    this.#resolver = resolver
    this.#counts = counts
  }

  /** What one connect uses. */
  passage(): Passage {
    const used: { host: Host; address: string }[] = []
    return {
      lookup: (name, options, callback) => {
        const family = familyOf(options.family)
        this.#find(name, options.hints ?? 0).then(
          ({ host, addresses }) => {
            const fitting = addresses.filter((address) => family === 0 || address.family === family)
            const [first] = fitting
            if (first === undefined) {
              process.nextTick(callback, notFound(name), '')
              return
            }
            if (host !== null) used.push({ host, address: first.address })
            // In a tick of its own: what a socket throws on being told is not ours to catch.
            if (options.all === true) process.nextTick(callback, null, fitting)
            else process.nextTick(callback, null, first.address, first.family)
          },
          (error) => process.nextTick(callback, error, ''),
        )
      },
      fail: () => {
        for (const { host, address } of used.splice(0)) {
          host.failedAt.set(address, this.#clock.now())
          if (host.answer !== null) host.answer.freshUntil = Number.NEGATIVE_INFINITY
        }
      },
    }
  }

  /** Ends what is being looked up, as far as that can be. */
  close(): void {
    this.#resolver.close()
  }

  async #find(name: string, hints: number): Promise<{ host: Host | null; addresses: readonly LookupAddress[] }> {
    // This machine is where it is, and DNS knows nothing of it.
    if (isThisMachine(name)) return { host: null, addresses: await this.#resolver.lookup(name, hints) }
    this.#counts.addressLookups += 1
    const host = this.#hostOf(name)
    const { addresses } = await this.#answerOf(host, hints)
    host.turn += 1
    return { host, addresses: orderAddresses(addresses, host.turn - 1, host.failedAt, this.#clock.now()) }
  }

  async #answerOf(host: Host, hints: number): Promise<Answer> {
    const last = host.answer
    if (last !== null && this.#clock.now() < last.freshUntil) {
      this.#counts.addressesFromCache += 1
      return last
    }
    host.asking ??= this.#ask(host, hints).finally(() => {
      host.asking = null
    })
    if (last === null) return host.asking
    const next = await this.#inTime(host.asking)
    if (next !== null) return next
    this.#counts.addressesLastKnown += 1
    return last
  }

  /** Null where it fails or takes too long. */
  #inTime(asking: Promise<Answer>): Promise<Answer | null> {
    return new Promise((resolve) => {
      const timer = this.#clock.setTimer(patienceMs, () => resolve(null))
      void asking
        .catch(() => null)
        .then((answer) => {
          timer.cancel()
          resolve(answer)
        })
    })
  }

  async #ask(host: Host, hints: number): Promise<Answer> {
    const askedAt = this.#clock.now()
    const recorded = this.#resolver.records(host.name).catch(() => null)
    let addresses: readonly LookupAddress[]
    try {
      addresses = await this.#resolver.lookup(host.name, hints)
    } catch (thrown) {
      this.#counts.addressLookupFailures += 1
      addresses = (await recorded)?.addresses ?? []
      if (addresses.length === 0) throw thrown
    }
    const answer: Answer = { addresses, freshUntil: askedAt + defaultTtlMs }
    host.answer = answer
    // How long it holds may become known later than where it is, for which nobody waits.
    void recorded.then((records) => {
      if (records === null || answer.freshUntil === Number.NEGATIVE_INFINITY) return
      answer.freshUntil = askedAt + Math.min(longestTtlMs, records.ttlMs)
    })
    return answer
  }

  #hostOf(name: string): Host {
    const known = this.#hosts.get(name)
    const host = known ?? { name, answer: null, asking: null, turn: 0, failedAt: new Map() }
    this.#hosts.delete(name)
    this.#hosts.set(name, host)
    for (const oldest of this.#hosts.keys()) {
      if (this.#hosts.size <= maxHosts) break
      this.#hosts.delete(oldest)
    }
    return host
  }
}

/** RFC 6761, section 6.3. */
function isThisMachine(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost')
}

/** 0 is either. Node takes words too. */
function familyOf(family: number | 'IPv4' | 'IPv6' | undefined): number {
  if (family === 'IPv4') return 4
  return family === 'IPv6' ? 6 : (family ?? 0)
}

/** As `dns.lookup` would say it. */
function notFound(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND', hostname })
}
