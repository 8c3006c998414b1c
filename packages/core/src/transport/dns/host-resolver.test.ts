import dns from 'node:dns'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ManualClock } from '../../clock/manual-clock.js'
import { noTraffic } from '../../metrics/network-metrics.js'
import { AddressCache } from './address-cache.js'
import { SystemResolver } from './host-resolver.js'
import { TestNameServer } from './test-name-server.js'
import { lookupError } from './test-resolver.js'

const host = 'stream.acme.test'
const chosen = dns.getServers()
let server: TestNameServer

beforeEach(async () => {
  server = await TestNameServer.start()
  dns.setServers([server.address])
})

afterEach(async () => {
  vi.restoreAllMocks()
  dns.setServers(chosen)
  await server.close()
})

describe('a name server', () => {
  test('says of both families where a host is, and how long the shortest record holds', async () => {
    server.records.set(host, [
      { address: '192.0.2.1', ttlSeconds: 300 },
      { address: '192.0.2.2', ttlSeconds: 20 },
      { address: '2001:db8::7', ttlSeconds: 60 },
    ])
    expect(await new SystemResolver().records(host)).toEqual({
      addresses: [
        { address: '192.0.2.1', family: 4 },
        { address: '192.0.2.2', family: 4 },
        { address: '2001:db8::7', family: 6 },
      ],
      ttlMs: 20_000,
    })
  })

  test('may know addresses of one family alone', async () => {
    server.records.set(host, [{ address: '2001:db8::7', ttlSeconds: 60 }])
    const { addresses, ttlMs } = await new SystemResolver().records(host)
    expect([addresses, ttlMs]).toEqual([[{ address: '2001:db8::7', family: 6 }], 60_000])
  })

  test('that does not know a host has nothing to say of it', async () => {
    await expect(new SystemResolver().records(host)).rejects.toMatchObject({ code: 'ENOTFOUND' })
  })

  test('that does not answer is not waited for once the resolver is closed', async () => {
    server.isSilent = true
    const resolver = new SystemResolver()
    const asked = resolver.records(host)
    resolver.close()
    await expect(asked).rejects.toMatchObject({ code: 'ECANCELLED' })
  })
})

test('a record that changes is used once the old one’s time is over, though the machine’s own resolver fails', async () => {
  vi.spyOn(dns, 'lookup').mockImplementation(((_host: string, _options: unknown, callback: (error: Error) => void) =>
    callback(lookupError('EAI_AGAIN'))) as unknown as typeof dns.lookup)
  const clock = new ManualClock()
  const cache = new AddressCache(clock, new SystemResolver(), { ...noTraffic })
  const find = (): Promise<unknown> =>
    new Promise((resolve, reject) => {
      cache.passage().lookup(host, {}, (error, address) => (error === null ? resolve(address) : reject(error)))
    })
  server.records.set(host, [{ address: '192.0.2.1', ttlSeconds: 30 }])
  expect(await find()).toBe('192.0.2.1')
  server.records.set(host, [{ address: '192.0.2.2', ttlSeconds: 30 }])
  clock.advance(29_999)
  expect(await find()).toBe('192.0.2.1')
  clock.advance(1)
  expect(await find()).toBe('192.0.2.2')
  server.records.delete(host)
  clock.advance(30_000)
  expect(await find()).toBe('192.0.2.2')
  // Once for each family.
  expect(server.asked.filter((name) => name === host)).toHaveLength(6)
})

test('the machine’s own resolver is the one of the system: names of the hosts file are found', async () => {
  const found = await new SystemResolver().lookup('localhost', 0)
  expect(found.map(({ address }) => address)).toContain('127.0.0.1')
})
