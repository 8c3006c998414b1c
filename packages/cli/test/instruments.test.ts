import { parseInstrument } from '@tapewire/core'
import { gateioSpotVenue } from '@tapewire/exchange-gateio/testing'
import { mexcSpotVenue } from '@tapewire/exchange-mexc/testing'
import { startVenueServer, type VenueFactory, type VenueServer } from '@tapewire/testkit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { invoke, jsonLines, type Outcome } from './support/invoke.js'

const pairs = ['BTC/USDT', 'ETH/USDT', 'ETH/BTC'].map(parseInstrument)
const exchanges: readonly { exchange: string; venue: VenueFactory; spelt: readonly string[] }[] = [
  { exchange: 'gateio_spot', venue: gateioSpotVenue, spelt: ['BTC_USDT', 'ETH_USDT', 'ETH_BTC'] },
  { exchange: 'mexc_spot', venue: mexcSpotVenue, spelt: ['BTCUSDT', 'ETHUSDT', 'ETHBTC'] },
]

describe.each(exchanges)('instruments of $exchange', ({ exchange, venue, spelt }) => {
  let server: VenueServer

  beforeEach(async () => {
    server = await startVenueServer({ venue, pairs })
  })

  afterEach(() => server.close())

  const list = (...more: string[]): Promise<Outcome> =>
    invoke(['instruments', '--exchange', exchange, '--url', server.url, '--rest-url', server.restUrl, ...more])

  test('are a table, one line each in the exchange’s order', async () => {
    const { code, stdout, stderr } = await list()
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const [titles = '', ...rows] = stdout.trimEnd().split('\n')
    expect(titles).toMatch(/^instrument +spelt +status +price step +size step +least size +least worth$/)
    expect(rows.map((row) => row.split(/ +/).slice(0, 3))).toEqual(
      ['BTC/USDT', 'ETH/USDT', 'ETH/BTC'].map((name, index) => [name, spelt[index], 'trading']),
    )
  })

  test('are JSON lines, with exact text for steps and sizes', async () => {
    const { code, stdout } = await list('--json')
    expect(code).toBe(0)
    const lines = jsonLines(stdout)
    expect(lines).toHaveLength(3)
    for (const line of lines) {
      expect(Object.keys(line as object)).toEqual([
        ...['instrument', 'wireSymbol', 'status', 'priceStep', 'sizeStep', 'minSize', 'minQuoteSize'],
      ])
      expect(line).toMatchObject({ priceStep: expect.stringMatching(/^(1|0\.0*1)$/) })
    }
  })

  test.each([
    [
      ['--quote', 'USDT'],
      ['BTC/USDT', 'ETH/USDT'],
    ],
    [['--quote', 'usdt', '--base', 'eth'], ['ETH/USDT']],
    [
      ['--base', 'BTC,ETH'],
      ['BTC/USDT', 'ETH/USDT', 'ETH/BTC'],
    ],
  ])('are only those asked for with %j', async (more, names) => {
    const { stdout } = await list('--json', ...more)
    expect(jsonLines(stdout)).toMatchObject(names.map((instrument) => ({ instrument })))
  })

  test('that there are none of is said beside the output', async () => {
    expect(await list('--base', 'NOPE')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('3 instruments, none of these'),
    })
  })

  test('that cannot be asked for end with 1 and the reason', async () => {
    await server.close()
    const { code, stderr } = await list()
    expect(code).toBe(1)
    expect(stderr).toMatch(/^error\[ERR_CONNECTION_REFUSED\]/)
  })
})

test('instruments of no exchange are a wrong command line', async () => {
  expect(await invoke(['instruments'])).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('--exchange'),
  })
})
