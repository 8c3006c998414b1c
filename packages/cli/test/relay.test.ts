import {
  type AnyExchangeDefinition,
  createPublicExchange,
  parseInstrument,
  registerExchange,
  WebSocketStrategySet,
} from '@tapewire/core'
import type { ConnectionPermit } from '@tapewire/core/adapter'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { gateioSpotEmulation, gateioSpotVenue } from '@tapewire/exchange-gateio/testing'
import { relayGroup } from '@tapewire/relay-nats'
import { startVenueServer } from '@tapewire/testkit'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { hasNatsServer, NatsServer } from '../../../tools/nats-server.js'
import { run } from '../src/run.js'
import { Collector, invoke, jsonLines } from './support/invoke.js'

const limits = { ...gateioSpot.limits, connectionsPerAddress: 3 }

/** Gate.io under another name, with room for three connections from one address. */
const narrowSpot: AnyExchangeDefinition = {
  ...gateioSpot,
  name: 'narrow_spot',
  limits,
  public: (options) => new WebSocketStrategySet({ ...gateioSpot.public(options), exchange: 'narrow_spot', limits }),
}

const pairs = ['BTC/USDT', 'ETH/USDT'].map(parseInstrument)

async function natsServer(): Promise<string> {
  const server = await NatsServer.start()
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server.url
}

/** `tapewire relay` until the test is over; what it prints at its end. */
async function relaying(argv: readonly string[], ready: RegExp, environment = {}): Promise<() => Promise<string>> {
  const interrupt = new AbortController()
  const [stdout, stderr] = [new Collector(), new Collector()]
  const running = run(['relay', ...argv], { stdout, stderr, signal: interrupt.signal, environment })
  await vi.waitFor(() => expect(stderr.text).toMatch(ready), { timeout: 15_000 })
  return async () => {
    interrupt.abort()
    expect(await running).toBe(0)
    expect(stderr.text).not.toContain('gap of ')
    return stdout.text
  }
}

describe.skipIf(!hasNatsServer)('relay', () => {
  test('publishes a market that stream shows, and says at its end what it was', async () => {
    const venue = await startVenueServer({ venue: gateioSpotVenue, pairs, intervalMs: 2 })
    onTestFinished(() => venue.close())
    const nats = ['--nats', await natsServer()]
    const from = ['--url', venue.url, '--rest-url', venue.restUrl]
    const end = await relaying(['gateio_spot', 'BTC/USDT', ...from, ...nats, '--json'], /2 streams are published/)
    const shown = ['gateio_spot', 'BTC/USDT', '--channels', 'orderbook,trades', '--duration', '700ms', '--json']
    const { code, stdout } = await invoke(['stream', ...shown, ...nats])
    expect(code).toBe(0)
    const lines = jsonLines(stdout) as readonly {
      readonly channel: string
      readonly data: { readonly kind?: string }
    }[]
    expect(lines.some(({ channel }) => channel === 'trades')).toBe(true)
    expect(lines.find(({ channel }) => channel === 'orderbook')?.data.kind).toBe('snapshot')
    const total = JSON.parse(await end()) as Record<string, number>
    expect(total).toMatchObject({ droppedRecords: 0, streams: 2, asks: 2, reconnects: 0, account: null })
    expect(total.records).toBeGreaterThan(lines.length)
  })

  test.each([
    ['of one process', [], /1 stream is published/],
    ['of a group', ['--group', 'desk', '--lease', '1s'], /a member of the group desk/],
  ])('has NATS keep channels %s, which stream reads from the first, and from a time', async (_what, group, ready) => {
    const venue = await startVenueServer({ venue: gateioSpotVenue, pairs, intervalMs: 2 })
    onTestFinished(() => venue.close())
    const nats = ['--nats', await natsServer()]
    const from = ['--url', venue.url, '--rest-url', venue.restUrl]
    const keep = ['--channels', 'trades', '--keep', 'trades', '--keep-age', '1h', '--keep-bytes', '20MB']
    const end = await relaying(['gateio_spot', 'BTC/USDT', ...from, ...nats, ...keep, ...group], ready)
    const shown = ['gateio_spot', 'BTC/USDT', '--channels', 'trades', '--duration', '300ms', '--json', ...nats]
    const whole = ['stream', 'gateio_spot', 'BTC/USDT', '--channels', 'trades', ...nats, '--from', 'first']
    for (const start of ['first', '-10m', new Date(Date.now() - 600_000).toISOString()]) {
      await vi.waitFor(
        async () => {
          const { code, stdout } = await invoke(['stream', ...shown, '--from', start])
          expect(code).toBe(0)
          expect(jsonLines(stdout)).toContainEqual(expect.objectContaining({ channel: 'trades', backfilled: true }))
        },
        { timeout: 15_000 },
      )
    }
    await end()
    // Its relay is gone, and what it kept is not.
    const { code, stdout, stderr } = await invoke([...whole, '--to', 'last', '--json'])
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/^\{"note":"Replayed [\d,]+ messages \([\d,]+ trades\), with 0 gaps\."\}\n$/),
    })
    const lines = jsonLines(stdout) as readonly { readonly channel: string; readonly backfilled?: boolean }[]
    expect(lines.filter(({ channel, backfilled }) => channel === 'trades' && backfilled !== true)).toEqual([])
    expect(stdout).toMatch(/The replay has ended[^\n]*\n$/)
  })

  test('that is missing, or does not publish all, is named by stream with the option to look at', async () => {
    const venue = await startVenueServer({ venue: gateioSpotVenue, pairs, intervalMs: 2 })
    onTestFinished(() => venue.close())
    const nats = ['--nats', await natsServer()]
    const none = await invoke(['stream', 'gateio_spot', 'BTC/USDT', ...nats])
    expect(none).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^error\[ERR_NO_RELAY\].*Start one.*: tapewire relay gateio_spot BTC\/USDT --nats /,
      ),
    })
    const from = ['--url', venue.url, '--rest-url', venue.restUrl]
    const channels = ['--channels', 'trades']
    const end = await relaying(['gateio_spot', 'BTC/USDT', ...channels, ...from, ...nats], /1 stream is published/)
    const shown = ['stream', 'gateio_spot', 'BTC/USDT', '--duration', '200ms', '--json', ...nats]
    const { code, stderr } = await invoke([...shown, '--channels', 'trades,ticker,book_ticker'])
    expect([code, jsonLines(stderr)]).toEqual([
      0,
      [
        {
          warning: {
            code: 'ERR_NO_RELAY',
            message: expect.stringMatching(
              /^No relay publishes (ticker, book_ticker|book_ticker, ticker) of BTC\/USDT\.$/,
            ),
            hint: 'Look at the instruments, the --channels and the --prefix of tapewire relay.',
            context: {},
          },
        },
      ],
    ])
    await end()
  })

  test('is one member of a group, and hands over when it ends', async () => {
    const venue = await startVenueServer({ venue: gateioSpotVenue, pairs, intervalMs: 2 })
    onTestFinished(() => venue.close())
    const nats = ['--nats', await natsServer()]
    const from = ['--url', venue.url, '--rest-url', venue.restUrl]
    const group = ['--group', 'desk', '--lease', '1s', '--channels', 'trades,orderbook']
    const member = ['gateio_spot', 'BTC/USDT', 'ETH/USDT', ...from, ...nats, ...group]
    const all = /Published here: 2 of 2 instruments \(BTC\/USDT, ETH\/USDT\)/
    const first = await relaying([...member, '--member', 'first'], all)
    const second = await relaying([...member, '--member', 'second'], /a member of the group desk/)
    await first()
    const shown = ['gateio_spot', 'BTC/USDT', 'ETH/USDT', '--channels', 'trades', '--duration', '500ms', '--json']
    // Where the first did not know of the second yet, that takes over a moment later.
    const lines = await vi.waitFor(
      async () => {
        const { code, stdout, stderr } = await invoke(['stream', ...shown, ...nats])
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
        return jsonLines(stdout) as readonly { readonly symbol: string }[]
      },
      { timeout: 15_000 },
    )
    const symbols = new Set(lines.map(({ symbol }) => symbol))
    expect([...symbols].sort()).toEqual(['BTC/USDT', 'ETH/USDT'])
    expect(await second()).toMatch(/records in .* frames/)
  })

  test('of a group keeps the limit of its --address together with others that name the same', async () => {
    const many = Array.from({ length: 24 }, (_, index) => parseInstrument(`A${index}/USDT`))
    const venue = await startVenueServer({ venue: gateioSpotVenue, pairs: many, intervalMs: 2 })
    onTestFinished(() => venue.close())
    registerExchange(narrowSpot)
    const [servers, symbols, channels] = [await natsServer(), many.map(({ name }) => name), ['trades'] as const]
    const options = { url: venue.url, restUrl: venue.restUrl }
    // A member of the test's own takes both places of the office: the third is left to connections that take over.
    const permits: ConnectionPermit[] = []
    const group = await relayGroup({
      servers,
      group: 'desk',
      exchange: narrowSpot.name,
      address: 'office',
      leaseMs: 1_000,
      symbols,
      channels,
      async openFeed(some, _channels, limiter) {
        const wanted = { exchange: narrowSpot.name, limits: narrowSpot.limits, isTakeOver: false }
        permits.push(limiter.permit(wanted), limiter.permit(wanted))
        await Promise.all(permits.map((permit) => permit.attempt(new AbortController().signal)))
        return createPublicExchange({ exchange: narrowSpot, symbols: some, channels, options })
      },
    })
    await vi.waitFor(() => expect([venue.clients, group.symbols().length]).toEqual([1, 24]), { timeout: 15_000 })
    const where = ['--url', venue.url, '--rest-url', venue.restUrl, '--nats', servers, '--group', 'desk']
    const member = [narrowSpot.name, ...symbols, ...where, '--lease', '1s', '--channels', 'trades']
    const office = await relaying([...member, '--address', 'office'], /a member of the group desk/)
    const elsewhere = await relaying([...member, '--address', 'elsewhere'], /Published here: [1-9]/)
    expect(venue.clients).toBe(2)
    permits[0]?.end()
    await vi.waitFor(() => expect(venue.clients).toBe(3), { timeout: 15_000 })
    for (const end of [() => group.close(0), office, elsewhere]) await end()
  })

  test('of a group with leases of another length, is refused by the name of what differs', async () => {
    const venue = await startVenueServer({ venue: gateioSpotVenue, pairs, intervalMs: 2 })
    onTestFinished(() => venue.close())
    const member = ['gateio_spot', 'BTC/USDT', '--url', venue.url, '--rest-url', venue.restUrl, '--group', 'desk']
    const nats = ['--nats', await natsServer()]
    const end = await relaying([...member, ...nats, '--lease', '1s'], /a member of the group desk/)
    const other = await invoke(['relay', ...member, ...nats, '--lease', '2s'])
    expect(other).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/ERR_GROUP_MISMATCH.*leaseMs: group 1000; this member 2000/),
    })
    await end()
  })

  test('asks a cluster for as many copies as --replicas says, and a single server says that it has none', async () => {
    const venue = await startVenueServer({ venue: gateioSpotVenue, pairs, intervalMs: 2 })
    onTestFinished(() => venue.close())
    const nats = ['--nats', await natsServer(), '--replicas', '3']
    const from = ['gateio_spot', 'BTC/USDT', '--url', venue.url, '--rest-url', venue.restUrl]
    const { code, stderr } = await invoke(['relay', ...from, ...nats, '--keep', 'trades'])
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/ERR_INVALID_CONFIG.*replicas/) })
    // A group waits: a cluster may be electing.
    const end = await relaying([...from, ...nats, '--group', 'desk'], /warning\[.*replicas/)
    await end()
  })

  test('keeps an account in JetStream', async () => {
    const venue = await startVenueServer({ venue: gateioSpotVenue, pairs, intervalMs: 2 })
    onTestFinished(() => venue.close())
    const { apiKey, apiSecret } = gateioSpotEmulation.credentials
    const key = { TAPEWIRE_API_KEY: apiKey, TAPEWIRE_API_SECRET: apiSecret }
    const to = ['--url', venue.url, '--rest-url', venue.restUrl, '--nats', await natsServer()]
    const what = ['gateio_spot', '--channels', 'orders,executions,balances', '--account', 'desk']
    const end = await relaying([...what, ...to], /3 streams are published/, key)
    expect(await end()).toMatch(/^[\d,]+ events of the account stored\n$/)
  })

  test('shares an account with a standby, and hands it over when it ends', async () => {
    const venue = await startVenueServer({ venue: gateioSpotVenue, pairs, intervalMs: 2 })
    onTestFinished(() => venue.close())
    const { apiKey, apiSecret } = gateioSpotEmulation.credentials
    const key = { TAPEWIRE_API_KEY: apiKey, TAPEWIRE_API_SECRET: apiSecret }
    const to = ['--url', venue.url, '--rest-url', venue.restUrl, '--nats', await natsServer()]
    const group = ['--group', 'desk', '--lease', '1s', '--standby', '--account', 'desk']
    const what = ['gateio_spot', '--channels', 'orders,executions', ...group, ...to, '--json']
    const first = await relaying([...what, '--member', 'first'], /a member of the group desk/, key)
    await vi.waitFor(() => expect(venue.clients).toBe(1), { timeout: 15_000 })
    const second = await relaying([...what, '--member', 'second'], /a member of the group desk/, key)
    await vi.waitFor(() => expect(venue.clients).toBe(2), { timeout: 15_000 })
    await first()
    await vi.waitFor(() => expect(venue.clients).toBe(1), { timeout: 15_000 })
    expect(await second()).not.toContain(apiSecret)
  })
})

describe('relay, wrongly called,', () => {
  const nowhere = ['--nats', 'nats://127.0.0.1:9']
  test.each([
    ['without a server', ['gateio_spot', 'BTC/USDT'], /Required option '--nats <urls>'.* See tapewire relay --help/],
    ['without an instrument', ['gateio_spot', ...nowhere], /No instrument was named/],
    ['with a lease and no group', ['gateio_spot', 'BTC/USDT', ...nowhere, '--lease', '2s'], /--lease is of a group/],
    [
      'with a name for an account alone',
      ['gateio_spot', 'BTC/USDT', ...nowhere, '--account', 'a'],
      /none of its channels/,
    ],
    [
      'with a standby of no account',
      ['gateio_spot', 'BTC/USDT', ...nowhere, '--group', 'a', '--standby'],
      /--standby is of an account/,
    ],
    [
      'with a group of no name',
      ['gateio_spot', 'BTC/USDT', ...nowhere, '--group', 'a b'],
      /"a b" is no .* Write --group/,
    ],
    [
      'with a lease that is too short',
      ['gateio_spot', 'BTC/USDT', ...nowhere, '--group', 'a', '--lease', '100ms'],
      /100 ms is out of range\. — Write --lease 500ms to 10m/,
    ],
    [
      'with a lease that is too long',
      ['gateio_spot', 'BTC/USDT', ...nowhere, '--group', 'a', '--lease', '11m'],
      /out of range\. — Write --lease/,
    ],
    ['with a member of no name', ['gateio_spot', 'BTC/USDT', ...nowhere, '--group', 'a', '--member', ''], /--member/],
    [
      'with an age of nothing kept',
      ['gateio_spot', 'BTC/USDT', ...nowhere, '--keep-age', '2h'],
      /--keep-age is of what/,
    ],
    [
      'with a size of nothing kept',
      ['gateio_spot', 'BTC/USDT', ...nowhere, '--keep-bytes', '1GB'],
      /--keep-bytes is of what/,
    ],
    [
      'to keep what it does not relay',
      ['gateio_spot', 'BTC/USDT', ...nowhere, '--keep', 'ticker'],
      /"ticker" is to be kept/,
    ],
    ['to keep no channel', ['gateio_spot', 'BTC/USDT', ...nowhere, '--keep', ','], /--keep names no channel/],
    ['to keep an account', ['gateio_spot', 'BTC/USDT', ...nowhere, '--keep', 'orders'], /orders is of an account/],
    [
      'to keep for too short',
      ['gateio_spot', 'BTC/USDT', ...nowhere, '--keep', 'trades', '--keep-age', '1ms'],
      /less than a second/,
    ],
    [
      'with copies of nothing',
      ['gateio_spot', 'BTC/USDT', ...nowhere, '--replicas', '3'],
      /--replicas is of what NATS keeps/,
    ],
    [
      'with two copies',
      ['gateio_spot', 'BTC/USDT', ...nowhere, '--group', 'a', '--replicas', '2'],
      /no number of copies/,
    ],
    ['with a channel between instruments', ['gateio_spot', 'BTC/USDT', 'trades', ...nowhere], /trades is a channel/],
    [
      'with widths of candles that it does not relay',
      ['gateio_spot', 'BTC/USDT', ...nowhere, '--candle-intervals', '1h'],
      /Add --channels candles/,
    ],
    ['with no channel', ['gateio_spot', 'BTC/USDT', ...nowhere, '--channels', ','], /No channel was named/],
    [
      'with an instrument of an account',
      ['gateio_spot', 'BTC/USDT', ...nowhere, '--channels', 'orders'],
      /an account has all its instruments/,
    ],
    [
      'to keep what belongs to an account alone',
      ['gateio_spot', ...nowhere, '--channels', 'orders', '--keep', 'trades'],
      /--keep is of the market/,
    ],
    [
      'with an account of no name',
      ['gateio_spot', ...nowhere, '--channels', 'orders', '--account', ''],
      /name of the account is empty/,
    ],
    [
      'with an address of no name',
      ['gateio_spot', 'BTC/USDT', ...nowhere, '--group', 'a', '--address', ''],
      /name of the address is empty/,
    ],
    [
      'with an address and no group',
      ['gateio_spot', 'BTC/USDT', ...nowhere, '--address', 'office'],
      /--address is of a group/,
    ],
    [
      'with what cannot begin a subject',
      ['gateio_spot', 'BTC/USDT', ...nowhere, '--prefix', 'my feeds'],
      /"my feeds" cannot begin a subject/,
    ],
    [
      'in a group, with a channel that there is none of',
      ['gateio_spot', 'BTC/USDT', ...nowhere, '--group', 'a', '--channels', 'trade'],
      /ERR_UNKNOWN_CHANNEL.*Did you mean trades/,
    ],
    [
      'in a group, with a width that the exchange does not have',
      ['gateio_spot', 'BTC/USDT', ...nowhere, '--group', 'a', '--channels', 'candles', '--candle-intervals', '7m'],
      /ERR_UNSUPPORTED_OPTION/,
    ],
    ['with an account without a key', ['gateio_spot', ...nowhere, '--channels', 'orders'], /need its key/],
  ])('%s, says what to do', async (_what, argv, message) => {
    expect(await invoke(['relay', ...argv])).toMatchObject({ code: 2, stderr: expect.stringMatching(message) })
  })

  test('stream begins in the past only of what NATS keeps', async () => {
    const outcome = await invoke(['stream', 'gateio_spot', 'BTC/USDT', '--from', '-10m'])
    expect(outcome).toMatchObject({ code: 2, stderr: expect.stringMatching(/--from is of what NATS keeps/) })
    const strange = await invoke(['stream', 'gateio_spot', 'BTC/USDT', ...nowhere, '--from', 'yesterday'])
    expect(strange).toMatchObject({ code: 2, stderr: expect.stringMatching(/no place to begin/) })
    const endless = await invoke(['stream', 'gateio_spot', 'BTC/USDT', ...nowhere, '--to', 'last'])
    expect(endless).toMatchObject({ code: 2, stderr: expect.stringMatching(/no beginning is named/) })
  })

  test.each([
    ['a password without a user', { TAPEWIRE_NATS_PASSWORD: 'x' }, /TAPEWIRE_NATS_USER is not/],
    ['a user without a password', { TAPEWIRE_NATS_USER: 'x' }, /TAPEWIRE_NATS_PASSWORD is not/],
    [
      'two things at once',
      { TAPEWIRE_NATS_TOKEN: 'x', TAPEWIRE_NATS_NKEY_SEED: 'y' },
      /TAPEWIRE_NATS_TOKEN and TAPEWIRE_NATS_NKEY_SEED are set/,
    ],
  ])('says which variables of the environment are meant together: %s', async (_what, environment, message) => {
    const outcome = await invoke(['relay', 'gateio_spot', 'BTC/USDT', ...nowhere], { environment })
    expect(outcome).toMatchObject({ code: 2, stderr: expect.stringMatching(message) })
  })

  test('stream records no flight of what comes over NATS, which no command could replay', async () => {
    const outcome = await invoke(['stream', 'gateio_spot', 'BTC/USDT', ...nowhere, '--flight', 'faults'])
    expect(outcome).toMatchObject({ code: 2, stderr: expect.stringMatching(/--flight writes what an exchange sends/) })
  })

  test.each(['--nats-creds', '--nats-ca', '--prefix'])('dashboard takes %s with an exchange alone', async (option) => {
    const outcome = await invoke(['dashboard', option, 'x'])
    expect(outcome).toMatchObject({ code: 2, stderr: expect.stringMatching(`${option} is of an exchange`) })
  })

  test('stream takes an exchange from NATS, or itself', async () => {
    const outcome = await invoke(['stream', 'gateio_spot', 'BTC/USDT', ...nowhere, '--url', 'ws://127.0.0.1:9/'])
    expect(outcome).toMatchObject({ code: 2, stderr: expect.stringMatching(/--url is of the exchange itself/) })
  })

  test('a NATS that is not there is no page of words', async () => {
    const outcome = await invoke(['stream', 'gateio_spot', 'BTC/USDT', ...nowhere])
    expect(outcome).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error\[ERR_CONNECTION_REFUSED\]: [^\n]*nats-server[^\n]*\n$/),
    })
  })
})
