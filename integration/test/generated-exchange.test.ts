import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import {
  type Credentials,
  createPublicExchange,
  MessageType,
  parseInstrument,
  registerExchange,
  SubscriptionError,
  WebSocketManager,
  type WebSocketStrategySet,
} from '@tapewire/core'
import type { ExchangeDefinition } from '@tapewire/core/adapter'
import { type ExchangeEmulation, startVenueServer, type VenueServer } from '@tapewire/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { invoke } from '../../packages/cli/test/support/invoke.js'
import { programErrors } from '../src/type-check.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const pairs = [parseInstrument('BTC/USDT')]

/** What is typed for each variant; the name tells them apart where exchanges are known by it. */
const variants = [
  { name: 'plainex', flags: [] },
  { name: 'protoex', flags: ['--protobuf'] },
  { name: 'accountex', flags: ['--private'] },
  { name: 'bothex', flags: ['--protobuf', '--private'] },
] as const

const closing: (() => Promise<void>)[] = []
const folder = mkdtempSync(join(tmpdir(), 'tapewire-generated-'))
for (const { name, flags } of variants) {
  const { code, stderr } = await invoke(['new-exchange', name, '--dir', join(folder, name), ...flags])
  if (code !== 0) throw new Error(stderr)
}

// A generated package tests itself with the runner of Node; here its tests are ours.
vi.doMock('node:test', () => ({ describe, it, before: beforeAll, after: afterAll }))
for (const { name } of variants) await import(sourceUrl(name, 'test/exchange.test.ts'))
vi.doUnmock('node:test')

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('a generated adapter', () => {
  it('compiles by its own compiler options, in every variant', { timeout: 60_000 }, () => {
    const files = variants.flatMap(({ name }) => sourcesIn(name))
    expect(programErrors(root, join(folder, 'plainex/tsconfig.json'), files)).toEqual([])
  })

  it.each(variants)('says of every push which file does not read it yet: $name', async ({ name }) => {
    const { definition, server } = await load(name)
    registerExchange(definition)
    const channels = ['trades', 'orderbook', 'book_ticker', 'ticker', 'candles'] as const
    const unread = new Set<string>()
    const feed = await createPublicExchange({
      exchange: `${name}_spot`,
      symbols: ['BTC/USDT'],
      channels,
      options: { url: server.url },
      on: {
        message: (message) => {
          expect(message.type).toBe(MessageType.Unknown)
          if (message.type === MessageType.Unknown) unread.add(message.data.reason)
        },
      },
    })
    closing.push(() => feed.close())
    const parsers = ['book-ticker', 'candles', 'orderbook', 'ticker', 'trades']
    while (unread.size < parsers.length) {
      server.market.step()
      await setImmediate()
    }
    expect([...unread].map((reason) => reason.replace(/ does not read \w+ yet\.$/, '')).sort()).toEqual(
      parsers.map((parser) => `spot/parsers/${parser}.ts`),
    )
    await expect(feed.subscribe(['FOO/USDT'], ['trades'])).rejects.toBeInstanceOf(SubscriptionError)
    await feed.unsubscribe(['BTC/USDT'])
  })

  it.each(variants.filter(({ flags }) => flags.some((flag) => flag === '--private')))(
    'is refused by its account until it signs what the exchange wants signed: $name',
    async ({ name }) => {
      const { definition, emulation, server } = await load(name)
      const strategies = definition.private?.(emulation.credentials as Credentials, { url: server.url })
      const manager = new WebSocketManager({
        strategies: strategies as WebSocketStrategySet,
        onMessage: () => {},
        config: { maxReconnectAttempts: 0 },
      })
      closing.push(() => manager.close())
      await expect(manager.initialize({ symbols: [], channels: ['orders', 'balances'] })).rejects.toMatchObject({
        code: 'ERR_AUTHENTICATION_FAILED',
      })
    },
  )

  it('asks for the core and the testkit that adapters of today are written for', () => {
    const peersOf = (file: string): unknown =>
      (JSON.parse(readFileSync(file, 'utf8')) as { peerDependencies: unknown }).peerDependencies
    expect(peersOf(join(folder, 'plainex/package.json'))).toEqual(
      peersOf(join(root, 'examples/tapewire-exchange-acme/package.json')),
    )
  })
})

interface Loaded {
  readonly definition: ExchangeDefinition
  readonly emulation: ExchangeEmulation
  readonly server: VenueServer
}

/** The exchange of a generated package, and its emulation as a server. */
async function load(name: string): Promise<Loaded> {
  const { exchanges } = (await import(sourceUrl(name, 'index.ts'))) as { exchanges: [ExchangeDefinition] }
  const { emulations } = (await import(sourceUrl(name, 'testing/index.ts'))) as { emulations: [ExchangeEmulation] }
  const [[definition], [emulation]] = [exchanges, emulations]
  const server = await startVenueServer({ venue: emulation.createVenue, pairs })
  closing.push(() => server.close())
  return { definition, emulation, server }
}

function sourceUrl(name: string, file: string): string {
  return pathToFileURL(join(folder, name, 'src', file)).href
}

function sourcesIn(name: string): readonly string[] {
  const place = join(folder, name, 'src')
  return readdirSync(place, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(place, path))
}
