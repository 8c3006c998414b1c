import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, expectTypeOf, test, vi } from 'vitest'
import { bringPackage, importExchangePackage } from '../src/adapter.js'
import {
  type ChannelMessage,
  type ConnectionStateEvent,
  createPrivateExchange,
  createPublicExchange,
  type ExchangeFeed,
  type FeedMessage,
  type PublicExchangeOptions,
  registerExchange,
  resolveExchange,
  StreamError,
  type StreamState,
  SubscriptionError,
  WebSocketManager,
} from '../src/index.js'
import { acmeSpot } from './support/acme-exchange.js'
import { AcmeVenue } from './support/acme-venue.js'
import { streamOf } from './support/manager-bench.js'
import { Waiting } from './support/waiting.js'

let venue: AcmeVenue
const feeds: ExchangeFeed[] = []

beforeEach(async () => {
  venue = await AcmeVenue.start()
})

afterEach(async () => {
  vi.restoreAllMocks()
  await Promise.all(feeds.splice(0).map((feed) => feed.close()))
  await venue.close()
})

async function create(options: Partial<PublicExchangeOptions> = {}): Promise<ExchangeFeed> {
  const feed = await createPublicExchange({
    exchange: acmeSpot,
    symbols: ['BTC/USDT'],
    channels: ['book_ticker'],
    options: { url: venue.url },
    ...options,
  })
  feeds.push(feed)
  return feed
}

const failureOf = (promise: Promise<unknown>): Promise<StreamError> =>
  promise.then(
    () => Promise.reject(new Error('it worked')),
    (error) => {
      expect(error).toBeInstanceOf(StreamError)
      return error
    },
  )

describe('a feed', () => {
  test('of a definition passed directly is connected and acknowledged, and tells every message', async () => {
    const waiting = new Waiting()
    const heard: string[] = []
    const feed = await create({
      on: {
        book_ticker: ({ data }) => void heard.push(`book_ticker ${data.bidPrice}`),
        connection: ({ state }) => void heard.push(state),
        stream: ({ status }) => void heard.push(status),
      },
    })
    feed.on('message', () => {
      heard.push('message')
      waiting.wake()
    })
    expect([feed.exchange, feed.isConnected()]).toEqual(['acme_spot', true])
    venue.push(streamOf('BTC'), 7)
    await waiting.until(() => heard.includes('message'))
    expect(heard).toEqual(['syncing', 'connecting', 'connected', 'live', 'book_ticker 7', 'message'])
  })

  test('is held back by a listener’s promise', async () => {
    const waiting = new Waiting()
    let open = (): void => {}
    const heard: (number | null)[] = []
    const feed = await create()
    feed.on('book_ticker', async ({ sequence }) => {
      heard.push(sequence)
      waiting.wake()
      await new Promise<void>((resolve) => {
        open = resolve
      })
    })
    venue.push(streamOf('BTC'), 1)
    venue.push(streamOf('BTC'), 2)
    await waiting.until(() => heard.length === 1)
    expect(feed.getPerformanceMetrics().messagesProcessed).toBe(1)
    open()
    await waiting.until(() => heard.length === 2)
    open()
  })

  test('reports a listener that fails, and goes on', async () => {
    const waiting = new Waiting()
    const failed: unknown[] = []
    const feed = await create({
      on: {
        error: ({ code, cause }) => {
          failed.push([code, (cause as Error).message])
          waiting.wake()
        },
      },
    })
    feed.on('book_ticker', () => {
      throw new Error('thrown')
    })
    feed.on('message', () => Promise.reject(new Error('rejected')))
    venue.push(streamOf('BTC'), 1)
    venue.push(streamOf('BTC'), 2)
    await waiting.until(() => failed.length === 2)
    expect(failed).toEqual([
      ['ERR_HANDLER_FAILED', 'thrown'],
      ['ERR_HANDLER_FAILED', 'thrown'],
    ])
  })

  describe('whose errors nobody listens to', () => {
    let written: string[]

    beforeEach(() => {
      written = []
      vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
        written.push(String(text))
        return true
      })
    })

    const failing = (): never => {
      throw new TypeError('price is null')
    }

    /** Pushes messages until so many were handled. */
    async function handle(feed: ExchangeFeed, count: number): Promise<void> {
      const pulled = feed.messages()
      for (let value = 1; value <= count; value += 1) venue.push(streamOf('BTC'), value)
      for (let value = 1; value <= count; value += 1) await pulled.next()
      await pulled.return()
    }

    test('prints the first failure of a handler, with its cause, and no more of the kind', async () => {
      const feed = await create({ on: { book_ticker: failing } })
      await handle(feed, 5)
      expect(written).toHaveLength(1)
      expect(written[0]).toContain('acme_spot')
      expect(written[0]).toContain('Cause: TypeError: price is null')
      expect(written[0]).toMatch(/ at failing .*factory\.test/)
    })

    test('prints that a listener of another event failed', async () => {
      await create({ on: { connection: failing } })
      expect(written.map((text) => text.split('\n')[0])).toEqual([
        'tapewire (acme_spot): A handler of connection events failed; the feed goes on.  [ERR_HANDLER_FAILED]',
      ])
    })

    test('prints nothing where there is a listener, which may come and go', async () => {
      const heard: string[] = []
      const listener = ({ message }: StreamError): void => void heard.push(message)
      const feed = await create({ on: { book_ticker: failing, error: listener } })
      await handle(feed, 2)
      expect(written).toEqual([])
      expect(heard).toHaveLength(2)
      expect(heard[0]).toContain('Cause: TypeError: price is null')
      feed.off('error', listener)
      await handle(feed, 2)
      expect([heard.length, written.length]).toEqual([2, 1])
    })

    test('prints nothing where a log shows it with its stack', async () => {
      const lines: { event: string; err?: { stack: string } }[] = []
      const write = (line: string): void => void lines.push(JSON.parse(line))
      const feed = await create({ logger: pino({ level: 'warn' }, { write }), on: { book_ticker: failing } })
      await handle(feed, 1)
      expect(written).toEqual([])
      expect(lines.find(({ event }) => event === 'error')?.err?.stack).toContain('TypeError: price is null')
    })

    test('prints where the log is too quiet to show it', async () => {
      const feed = await create({ logger: pino({ level: 'error' }, { write: () => {} }), on: { book_ticker: failing } })
      await handle(feed, 1)
      expect(written).toHaveLength(1)
    })

    test('prints that the listener to errors failed, which it cannot be told', async () => {
      const feed = await create({ on: { book_ticker: failing, error: failing } })
      await handle(feed, 2)
      expect(written.map((text) => text.split('\n')[0])).toEqual([
        'tapewire (acme_spot): A handler of error events failed; the feed goes on.  [ERR_HANDLER_FAILED]',
      ])
      expect(written[0]).not.toContain('Nobody listens')
    })
  })

  test('survives listeners of its other events that reject', async () => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const rejecting = async (): Promise<void> => Promise.reject(new Error('no'))
    const feed = await create({ on: { connection: rejecting, stream: rejecting, error: rejecting, drop: rejecting } })
    await feed.subscribe(['ETH/USDT'])
    await feed.unsubscribe(['BTC/USDT'])
    await feed.close()
    expect(feed.isConnected()).toBe(false)
  })

  test('can still be asked what it did after it was closed', async () => {
    const feed = await create()
    const messages = feed.messages()
    venue.push(streamOf('BTC'), 1)
    await messages.next()
    await feed.close()
    expect(feed.getPerformanceMetrics()).toMatchObject({ messagesProcessed: 1, errorCount: 0 })
    expect(await messages.next()).toEqual({ done: true, value: undefined })
  })

  test('says of none of its streams that it is live, once it was closed', async () => {
    const feed = await create({ symbols: ['BTC/USDT', 'ETH/USDT'] })
    const messages = feed.messages()
    venue.push(streamOf('BTC'), 1)
    await messages.next()
    const told: string[] = []
    feed.on('stream', ({ symbol, status, reason }) => void told.push(`${symbol} ${status}: ${reason}`))
    await feed.close()
    expect(told).toEqual(['BTC/USDT gapped: closed', 'ETH/USDT gapped: closed'])
    expect(feed.streamStates().map(({ status }) => status)).toEqual(['gapped', 'gapped'])
  })

  test('tells the state of one of its streams, and of all', async () => {
    const feed = await create({ symbols: ['BTC/USDT', { symbol: 'ETH/USDT', channels: ['trades'] }] })
    expectTypeOf(feed.streamStates()).toEqualTypeOf<readonly StreamState[]>()
    const states = feed.streamStates().map(({ symbol, channel, status }) => `${symbol} ${channel} ${status}`)
    expect(states).toEqual(['BTC/USDT book_ticker syncing', 'ETH/USDT trades syncing'])
    expect(feed.streamState('ETH/USDT', 'trades')).toMatchObject({ status: 'syncing' })
    expect(feed.streamState('ETH/USDT', 'book_ticker')).toBeNull()
  })

  test('is shown in a line that tells how it is, as its manager is', async () => {
    const limits = { streamsPerConnection: 2 }
    const symbols = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT']
    const feed = await create({ symbols, options: { url: venue.url, limits } as never })
    const waiting = new Waiting()
    feed.on('stream', () => waiting.wake())
    feed.on('connection', () => waiting.wake())
    venue.push(streamOf('ETH'), 1)
    await waiting.until(() => feed.streamState('ETH/USDT', 'book_ticker')?.status === 'live')
    expect(inspect(feed)).toBe('ExchangeFeed { acme_spot, connected, 2 connections, 3 streams (2 syncing, 1 live) }')
    expect(inspect(feed.manager)).toBe(inspect(feed).replace('ExchangeFeed', 'WebSocketManager'))
    venue.refuseWith = 503
    venue.clients.find(({ streams }) => streams.size === 2)?.socket.terminate()
    await waiting.until(() => !feed.isConnected())
    expect(inspect({ feed })).toContain(
      'ExchangeFeed { acme_spot, 1 of 2 connected, 2 connections, 3 streams (2 gapped, 1 syncing) }',
    )
    await feed.close()
    expect(inspect(feed)).toBe('ExchangeFeed { acme_spot, closed }')
    const manager = new WebSocketManager({ strategies: acmeSpot.public() })
    expect(inspect(manager)).toBe('WebSocketManager { acme_spot, disconnected, 0 connections, 0 streams }')
  })

  test('has events of the right type', async () => {
    const feed = await create()
    feed.on('book_ticker', (message) => void expectTypeOf(message).toEqualTypeOf<ChannelMessage<'book_ticker'>>())
    feed.on('trades', (message) => void expectTypeOf(message).toEqualTypeOf<ChannelMessage<'trades'>>())
    feed.on('message', (message) => void expectTypeOf(message).toEqualTypeOf<FeedMessage>())
    feed.on('connection', (event) => void expectTypeOf(event).toEqualTypeOf<ConnectionStateEvent>())
    feed.on('stream', (state) => void expectTypeOf(state).toEqualTypeOf<StreamState>())
    feed.on('error', (error) => void expectTypeOf(error).toEqualTypeOf<StreamError>())
    expectTypeOf(feed.on).parameter(0).toEqualTypeOf<Parameters<typeof feed.off>[0]>()
    // @ts-expect-error there is no such event
    expect(() => feed.off('trade', () => {})).toThrow('There is no event')
    expectTypeOf(feed.messages({ type: 2 }).next).returns.resolves.toEqualTypeOf<
      IteratorResult<ChannelMessage<'trades'>>
    >()
  })

  test('that cannot start leaves nothing open', async () => {
    venue.refused.add(streamOf('FOO'))
    const error = await failureOf(create({ symbols: ['BTC/USDT', 'FOO/USDT'] }))
    expect(error).toBeInstanceOf(SubscriptionError)
    expect(error).toMatchObject({ code: 'ERR_SUBSCRIPTION_REJECTED', hint: expect.not.stringContaining('active') })
    expect(error.hint).toContain('The other subscription was ended as well, and nothing is left open')
    await venue.until(() => venue.connected.length === 0)
  })

  test('goes on without what is refused where it may, and tells of it', async () => {
    venue.refused.add(streamOf('FOO'))
    const told: StreamError[] = []
    const feed = await create({
      symbols: ['BTC/USDT', 'FOO/USDT'],
      onRefused: 'continue',
      on: { error: (error) => void told.push(error) },
    })
    expect(told).toMatchObject([{ code: 'ERR_SUBSCRIPTION_REJECTED', rejected: [{ symbol: 'FOO/USDT' }] }])
    expect(feed.refused).toEqual((told[0] as SubscriptionError).rejected)
    expect(feed.manager.streamStates().map(({ symbol }) => symbol?.name)).toEqual(['BTC/USDT'])
  })

  test('cannot go on where everything is refused', async () => {
    venue.refused.add(streamOf('FOO'))
    const error = await failureOf(create({ symbols: ['FOO/USDT'], onRefused: 'continue' }))
    expect(error).toMatchObject({
      code: 'ERR_SUBSCRIPTION_REJECTED',
      hint: expect.stringContaining('Nothing is left open'),
    })
    await venue.until(() => venue.connected.length === 0)
  })

  test('whose start is aborted leaves nothing open, and rejects with the reason', async () => {
    venue.answers = false
    const leaving = new AbortController()
    const created = create({ signal: leaving.signal }).catch((thrown) => thrown)
    await venue.until(() => venue.clients[0]?.requests.length === 1)
    leaving.abort('enough')
    expect(await created).toBe('enough')
    await venue.until(() => venue.connected.length === 0)
    expect(await create({ signal: leaving.signal }).catch((thrown) => thrown)).toBe('enough')
    expect(venue.clients).toHaveLength(1)
  })

  test('retries its first connection where it is told to', async () => {
    venue.refuseWith = 503
    const states: string[] = []
    const feed = await create({
      retry: true,
      config: { reconnectDelayMs: 1 },
      on: {
        connection: ({ state }) => {
          states.push(state)
          if (state === 'reconnecting') venue.refuseWith = 0
        },
      },
    })
    expect([feed.isConnected(), states]).toEqual([true, ['connecting', 'reconnecting', 'connected']])
  })

  test('ends with the block that has it by await using', async () => {
    {
      await using feed = await create()
      expect(feed.isConnected()).toBe(true)
    }
    await venue.until(() => venue.connected.length === 0)
  })
})

describe('an account feed', () => {
  const credentials = { apiKey: 'key', apiSecret: 'secret' }

  test('has all private channels of the exchange by default', async () => {
    const feed = await createPrivateExchange({
      exchange: acmeSpot,
      credentials,
      symbols: ['BTC/USDT'],
      options: { url: venue.url },
    })
    feeds.push(feed)
    expect(venue.clients[0]?.requests[0]?.streams).toEqual(['balances:BTC-USDT'])
  })

  test('does not exist where the exchange has none, nor without credentials', async () => {
    const { private: _private, ...publicOnly } = acmeSpot
    const none = await failureOf(createPrivateExchange({ exchange: publicOnly, credentials }))
    expect(none.message).toMatchInlineSnapshot(`"Acme spot has no private streams here.  [ERR_UNSUPPORTED_CHANNEL]"`)
    const missing = await failureOf(createPrivateExchange({ exchange: acmeSpot } as never))
    expect(missing).toMatchObject({ code: 'ERR_INVALID_CONFIG' })
  })
})

describe('options that cannot be meant', () => {
  test('are refused by the library’s own error, also where another library would complain', async () => {
    const error = await failureOf(create({ logLevel: 'loud' as never }))
    expect(error).toMatchObject({ code: 'ERR_INVALID_CONFIG', shortMessage: expect.stringContaining('logLevel') })
  })

  test('are named together, with the likely meaning', async () => {
    const options = { exchange: acmeSpot, symbol: ['BTC/USDT'], on: { trade: () => {}, ticker: 7 } }
    const error = await failureOf(createPublicExchange(options as never))
    expect(error.message).toMatchInlineSnapshot(`
      "The feed cannot be built: symbol is not an option (did you mean symbols?); symbols is missing; trade is not an event (did you mean trades?); on.ticker must be a function.  [ERR_INVALID_CONFIG]
      Known options: symbols, channels, candleIntervals, options, exchange, packageName, on, onRefused, retry, signal, config, books, flightRecorder, alerts, logger, logLevel, agent, clock, random, network, limiter."
    `)
  })

  test('are told where they belong, should they be of the manager’s config', async () => {
    const options = { exchange: acmeSpot, symbols: ['BTC/USDT'], redundancy: 2 }
    expect((await failureOf(createPublicExchange(options as never))).shortMessage).toBe(
      'The feed cannot be built: redundancy is not an option here: it is one of config.',
    )
  })

  test('are told with listeners that are none, and what is no part of the world around', async () => {
    const given = { exchange: acmeSpot, symbols: ['BTC/USDT'], on: () => {}, random: 1, logLevel: 'loud' }
    expect((await failureOf(createPublicExchange(given as never))).shortMessage).toBe(
      'The feed cannot be built: on must be an object of listeners by event, such as { trades: (message) => {} }; logLevel must be one of silent, error, warn, info, debug, trace; random must be a function.',
    )
  })

  test.each([undefined, null, {}])('are refused: %j', async (options) => {
    expect((await failureOf(createPublicExchange(options as never))).code).toBe('ERR_INVALID_CONFIG')
  })

  test('such as no symbol, channels that are no list, and a start that there is not, are refused', async () => {
    const failures = [
      await failureOf(create({ symbols: [] })),
      await failureOf(create({ channels: 'trades' as never })),
      await failureOf(create({ onRefused: 'ignore' as never })),
      await failureOf(create({ signal: 7 as never })),
    ]
    expect(failures.map(({ shortMessage }) => shortMessage)).toEqual([
      'No symbol was named, and book_ticker cannot do without.',
      'The channels are not a list.',
      'The request to start is not valid: onRefused must be one of reject, continue.',
      'The request to start is not valid: signal must be an AbortSignal.',
    ])
    expect(venue.clients).toHaveLength(0)
  })

  test('such as channels the exchange has not, or not in this kind of feed', async () => {
    const absent = await failureOf(create({ channels: ['candles', 'book_ticker'] }))
    expect(absent.message).toMatchInlineSnapshot(`
      "Acme spot has no candles in this kind of feed.  [ERR_UNSUPPORTED_CHANNEL]
      It has book_ticker, trades."
    `)
    const wrongKind = await failureOf(create({ channels: ['balances'] as never }))
    expect(wrongKind.code).toBe('ERR_UNSUPPORTED_CHANNEL')
    const misspelled = await failureOf(create({ channels: ['bookticker'] as never }))
    expect(misspelled.hint).toContain('Did you mean book_ticker?')
    expect(venue.clients).toHaveLength(0)
  })
})

describe('an exchange by name', () => {
  let folder: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tapewire-factory-'))
    vi.spyOn(process, 'cwd').mockReturnValue(join(folder, 'src', 'deep'))
  })

  afterEach(() => rm(folder, { recursive: true }))

  /** Installs a package into the application's `node_modules`. */
  async function install(name: string, code: string, manifest: object = { exports: './index.js' }): Promise<void> {
    const place = join(folder, 'node_modules', name)
    await mkdir(place, { recursive: true })
    await writeFile(join(place, 'package.json'), JSON.stringify({ name, type: 'module', ...manifest }))
    await writeFile(join(place, 'index.js'), code)
  }

  const definitionCode = (...names: string[]): string =>
    `export const exchanges = ${JSON.stringify(names)}.map((name) => ({
      name, title: 'Title of ' + name, channels: [], limits: {}, endpoints: {}, public: () => { throw new Error('not used') },
    }))`

  test('is the registered one, whatever is installed', async () => {
    registerExchange({ ...acmeSpot, name: 'registered_spot' })
    expect((await resolveExchange('registered_spot')).title).toBe('Acme spot')
  })

  test.each([
    ['@tapewire/exchange-first', 'first_spot', undefined],
    ['tapewire-exchange-second', 'second_spot', undefined],
    ['somebody-elses-adapter', 'third_futures', 'somebody-elses-adapter'],
  ])('is found in %s of the application', async (packageName, name, named) => {
    await install(packageName, definitionCode(name))
    expect((await resolveExchange(name, named)).title).toBe(`Title of ${name}`)
  })

  test.each([
    ['a text', { exports: './index.js' }],
    ['conditions', { exports: { types: './index.d.ts', import: './index.js' } }],
    ['subpaths', { exports: { './testing': './testing.js', '.': { import: { default: './index.js' } } } }],
    ['main', { main: './index.js' }],
    ['nothing', {}],
  ])('is found where the package says its entry by %s', async (_how, manifest) => {
    const name = `entry${Object.keys(manifest).join('')}${JSON.stringify(manifest).length}_spot`
    await install(`tapewire-exchange-${name.split('_')[0]}`, definitionCode(name), manifest)
    expect((await resolveExchange(name)).name).toBe(name)
  })

  test('that is not installed is told with how to find, install or write one', async () => {
    expect((await failureOf(resolveExchange('kraken_spot'))).message).toMatchInlineSnapshot(`
      "No installed package provides kraken_spot.  [ERR_EXCHANGE_NOT_INSTALLED]
      Looked for: @tapewire/exchange-kraken, tapewire-exchange-kraken
      Here without installing: registered_spot. Where there is a package for it: npm install @tapewire/exchange-kraken, or npm install tapewire-exchange-kraken. Which there are: npm search tapewire-exchange. To write one: https://github.com/tapewire/tapewire/blob/main/docs/writing-an-adapter.md"
    `)
    const named = await failureOf(resolveExchange('kraken_spot', 'kraken-streams'))
    expect(named.hint).toBe('Install it: npm install kraken-streams')
  })

  test('that the package has not is told with those it has', async () => {
    await install('@tapewire/exchange-fourth', definitionCode('fourth_spot', 'fourth_futures'))
    expect((await failureOf(resolveExchange('fourth_sport'))).message).toMatchInlineSnapshot(`
      "The package @tapewire/exchange-fourth has no exchange fourth_sport.  [ERR_UNKNOWN_EXCHANGE]
      Did you mean fourth_spot? It has fourth_spot, fourth_futures."
    `)
  })

  test.each([
    ['fifth', 'export const nothing = 1', 'ERR_UNKNOWN_EXCHANGE'],
    ['sixth', 'throw new Error("broken")', 'ERR_EXCHANGE_NOT_INSTALLED'],
    ['textless', 'throw Object.create(null)', 'ERR_EXCHANGE_NOT_INSTALLED'],
    ['seventh', 'export const exchanges = [null, 7, { name: "seventh_spot" }]', 'ERR_UNKNOWN_EXCHANGE'],
  ])('of a package that is no adapter is told so (%s)', async (venueName, code, expected) => {
    await install(`tapewire-exchange-${venueName}`, code)
    expect((await failureOf(resolveExchange(`${venueName}_spot`))).code).toBe(expected)
  })

  test('of a package whose manifest cannot be read is told so', async () => {
    await install('tapewire-exchange-eighth', definitionCode('eighth_spot'))
    await writeFile(join(folder, 'node_modules', 'tapewire-exchange-eighth', 'package.json'), '{')
    expect(await failureOf(resolveExchange('eighth_spot'))).toMatchObject({
      code: 'ERR_EXCHANGE_NOT_INSTALLED',
      hint: 'Build it first where it is your own; otherwise install it anew: npm install tapewire-exchange-eighth',
    })
  })

  test('is found in a package that the application brings along, which is loaded only then', async () => {
    let loads = 0
    bringPackage({
      name: '@tapewire/exchange-ninth',
      exchanges: ['ninth_spot'],
      import: async (entry) => {
        loads += 1
        return entry === '.' ? { exchanges: [{ ...acmeSpot, name: 'ninth_spot' }] } : { emulations: ['ours'] }
      },
    })
    expect((await failureOf(resolveExchange('nint_spot'))).hint).toContain('Did you mean ninth_spot?')
    expect((await failureOf(resolveExchange('ninth-spot'))).hint).toContain('Did you mean ninth_spot?')
    expect(loads).toBe(0)
    expect((await failureOf(resolveExchange('ninth'))).hint).toBe('Did you mean ninth_spot? It has ninth_spot.')
    expect((await resolveExchange('ninth_spot')).name).toBe('ninth_spot')
    expect(await importExchangePackage('ninth_spot', './testing')).toMatchObject({ exports: { emulations: ['ours'] } })
    const named = await failureOf(resolveExchange('ninth_spot', 'somebody-elses-ninth'))
    expect(named.code).toBe('ERR_EXCHANGE_NOT_INSTALLED')
  })

  test('has its emulations where its package has an entry of that name', async () => {
    const exports = { '.': './index.js', './testing': { import: './index.js' } }
    await install('tapewire-exchange-tenth', 'export const emulations = [10]', { exports })
    expect(await importExchangePackage('tenth_spot', './testing')).toEqual({
      packageName: 'tapewire-exchange-tenth',
      exports: { emulations: [10] },
    })
    await install('tapewire-exchange-eleventh', definitionCode('eleventh_spot'))
    expect(await importExchangePackage('eleventh_spot', './testing')).toBeNull()
    expect(await importExchangePackage('twelfth_spot', './testing')).toBeNull()
  })

  test.each(['', 'Acme_Spot', '../evil', 'acme spot', 'acme__spot', '@scope/x'])('cannot be %j', async (name) => {
    expect((await failureOf(resolveExchange(name))).code).toBe('ERR_UNKNOWN_EXCHANGE')
  })

  test.each([[null], [7], [{}], [{ name: 'x', title: 'X', channels: [], public: 1 }]])(
    'cannot be %j either, nor registered',
    async (given) => {
      expect((await failureOf(resolveExchange(given as never))).code).toBe('ERR_UNKNOWN_EXCHANGE')
      expect(() => registerExchange(given as never)).toThrow(expect.objectContaining({ code: 'ERR_UNKNOWN_EXCHANGE' }))
    },
  )
})
