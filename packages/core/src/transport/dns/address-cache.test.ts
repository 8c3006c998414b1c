import type { LookupAddress, LookupOptions } from 'node:dns'
import { describe, expect, test } from 'vitest'
import { ManualClock } from '../../clock/manual-clock.js'
import { noTraffic } from '../../metrics/network-metrics.js'
import { AddressCache, type Passage } from './address-cache.js'
import { lookupError, TestResolver } from './test-resolver.js'

const host = 'stream.acme.test'

function scene(): {
  readonly clock: ManualClock
  readonly resolver: TestResolver
  readonly cache: AddressCache
  readonly counts: Record<keyof typeof noTraffic, number>
  find(name?: string): Promise<readonly string[]>
} {
  const clock = new ManualClock()
  const resolver = new TestResolver()
  const counts = { ...noTraffic }
  const cache = new AddressCache(clock, resolver, counts)
  return { clock, resolver, cache, counts, find: (name = host) => addresses(cache.passage(), name) }
}

function addresses(passage: Passage, name = host): Promise<readonly string[]> {
  return lookUp(passage, { all: true }, name).then((found) => (found as LookupAddress[]).map(({ address }) => address))
}

function lookUp(passage: Passage, options: LookupOptions, name = host): Promise<unknown> {
  return new Promise((resolve, reject) => {
    passage.lookup(name, options, (error, found, family) => {
      if (error !== null) reject(error)
      else resolve(options.all === true ? found : [found, family])
    })
  })
}

describe('where a host is', () => {
  test('is asked once for as long as DNS says, to the millisecond', async () => {
    const { clock, resolver, counts, find } = scene()
    resolver.system = ['192.0.2.1']
    resolver.dns = { addresses: ['192.0.2.1'], ttlSeconds: 20 }
    expect(await find()).toEqual(['192.0.2.1'])
    resolver.system = ['192.0.2.2']
    clock.advance(19_999)
    expect(await find()).toEqual(['192.0.2.1'])
    clock.advance(1)
    expect(await find()).toEqual(['192.0.2.2'])
    expect(counts).toMatchObject({ addressLookups: 3, addressesFromCache: 1, addressLookupFailures: 0 })
    expect(resolver.looked).toEqual([host, host])
  })

  test('is asked each time where DNS says that it holds for no time', async () => {
    const { resolver, find } = scene()
    resolver.system = ['192.0.2.1']
    resolver.dns = { addresses: ['192.0.2.1'], ttlSeconds: 0 }
    await find()
    await find()
    expect(resolver.looked).toHaveLength(2)
  })

  test('holds for a minute where only the machine knows it, as by its hosts file, and for an hour at most', async () => {
    const { clock, resolver, find } = scene()
    resolver.system = ['192.0.2.1']
    await find('known.acme.test')
    resolver.dns = { addresses: ['192.0.2.1'], ttlSeconds: 604_800 }
    await find(host)
    clock.advance(60_000)
    await find('known.acme.test')
    await find(host)
    expect(resolver.looked).toEqual(['known.acme.test', host, 'known.acme.test'])
    clock.advance(3_540_000)
    await find(host)
    expect(resolver.looked.at(-1)).toBe(host)
    expect(resolver.looked).toHaveLength(4)
  })

  test('is what the machine says, whatever DNS says', async () => {
    const { resolver, find } = scene()
    resolver.system = ['10.0.0.1']
    resolver.dns = { addresses: ['192.0.2.1'], ttlSeconds: 60 }
    expect(await find()).toEqual(['10.0.0.1'])
  })

  test('is asked once by connects that begin together', async () => {
    const { resolver, find } = scene()
    resolver.system = ['192.0.2.1']
    await Promise.all([find(), find(), find()])
    expect(resolver.looked).toEqual([host])
  })

  test('is not asked of DNS, nor remembered, where it is this machine', async () => {
    const { resolver, counts, find } = scene()
    resolver.system = ['127.0.0.1']
    await find('localhost')
    await find('api.localhost')
    expect(resolver.asked).toEqual([])
    expect(counts.addressLookups).toBe(0)
  })

  test('is remembered of 64 hosts, those asked for last', async () => {
    const { resolver, find } = scene()
    resolver.system = ['192.0.2.1']
    for (let index = 0; index < 64; index += 1) await find(`host-${index}.acme.test`)
    await find('host-0.acme.test')
    await find('one-more.acme.test')
    expect(resolver.looked).toHaveLength(65)
    await find('host-0.acme.test')
    expect(resolver.looked).toHaveLength(65)
    await find('host-1.acme.test')
    expect(resolver.looked).toHaveLength(66)
  })

  test('is told in each of the ways that Node asks', async () => {
    const { resolver, cache } = scene()
    resolver.system = ['2001:db8::1', '192.0.2.1']
    const passage = cache.passage()
    expect(await lookUp(passage, {})).toEqual(['2001:db8::1', 6])
    expect(await lookUp(passage, { family: 4 })).toEqual(['192.0.2.1', 4])
    expect(await lookUp(passage, { family: 'IPv4', all: true })).toEqual([{ address: '192.0.2.1', family: 4 }])
    resolver.system = ['192.0.2.1']
    const none = lookUp(passage, { family: 6 }, 'v4-only.acme.test')
    await expect(none).rejects.toMatchObject({ code: 'ENOTFOUND', hostname: 'v4-only.acme.test' })
  })
})

describe('a resolver that fails', () => {
  const away = lookupError('EAI_AGAIN')

  test('leaves the last known addresses in use, for as long as it fails, and is asked again each time', async () => {
    const { clock, resolver, counts, find } = scene()
    resolver.system = ['192.0.2.1']
    await find()
    resolver.system = away
    clock.advance(86_400_000)
    expect(await find()).toEqual(['192.0.2.1'])
    expect(await find()).toEqual(['192.0.2.1'])
    expect(counts).toMatchObject({ addressesLastKnown: 2, addressLookupFailures: 2 })
    resolver.system = ['192.0.2.9']
    expect(await find()).toEqual(['192.0.2.9'])
    expect(clock.pendingTimers).toBe(0)
  })

  test('is not waited for longer than half a second where an address is known, and what it says late counts', async () => {
    const { clock, resolver, cache, counts, find } = scene()
    resolver.system = ['192.0.2.1']
    await find()
    clock.advance(60_000)
    let answerLate: (addresses: LookupAddress[]) => void = () => {}
    resolver.lookup = () =>
      new Promise((resolve) => {
        answerLate = resolve
      })
    const found = addresses(cache.passage())
    clock.advance(499)
    expect(await Promise.race([found, Promise.resolve('waiting')])).toBe('waiting')
    clock.advance(1)
    expect(await found).toEqual(['192.0.2.1'])
    expect(counts.addressesLastKnown).toBe(1)
    answerLate([{ address: '192.0.2.2', family: 4 }])
    await Promise.resolve()
    expect(await find()).toEqual(['192.0.2.2'])
  })

  test('is made up for by DNS itself where that answers', async () => {
    const { resolver, find } = scene()
    resolver.system = away
    resolver.dns = { addresses: ['192.0.2.1', '2001:db8::1'], ttlSeconds: 60 }
    expect(await find()).toEqual(['192.0.2.1', '2001:db8::1'])
  })

  test('fails a connect only where no address was ever known, with the system’s error', async () => {
    const { resolver, find } = scene()
    resolver.system = away
    await expect(find()).rejects.toBe(away)
    resolver.system = ['192.0.2.1']
    expect(await find()).toEqual(['192.0.2.1'])
  })
})

describe('a connect that fails', () => {
  test('has its host looked up again for the next one, whatever the TTL', async () => {
    const { resolver, cache } = scene()
    resolver.system = ['192.0.2.1']
    resolver.dns = { addresses: ['192.0.2.1'], ttlSeconds: 3_600 }
    const passage = cache.passage()
    await addresses(passage)
    resolver.system = ['192.0.2.7']
    passage.fail()
    expect(await addresses(cache.passage())).toEqual(['192.0.2.7'])
  })

  test('leaves its address to be tried last, and the machine’s next one first', async () => {
    const { resolver, cache, find } = scene()
    resolver.system = ['192.0.2.1', '192.0.2.2', '192.0.2.3']
    const first = cache.passage()
    expect((await addresses(first))[0]).toBe('192.0.2.1')
    first.fail()
    const second = cache.passage()
    const [tried] = await addresses(second)
    expect(tried).not.toBe('192.0.2.1')
    second.fail()
    const order = await find()
    expect(order.slice(1)).toEqual(['192.0.2.1', tried])
  })

  test('leaves what was known in use where the resolver fails as well', async () => {
    const { resolver, cache, find } = scene()
    resolver.system = ['192.0.2.1']
    const passage = cache.passage()
    await addresses(passage)
    passage.fail()
    resolver.system = lookupError('ENOTFOUND')
    expect(await find()).toEqual(['192.0.2.1'])
  })
})

test('closing it ends what is being looked up', () => {
  const { resolver, cache } = scene()
  cache.close()
  expect(resolver.isClosed).toBe(true)
})
