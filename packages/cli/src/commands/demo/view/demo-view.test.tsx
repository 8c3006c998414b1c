import { stripVTControlCharacters } from 'node:util'
import type { TickerData } from '@tapewire/core'
import { renderToString } from 'ink'
import { describe, expect, test } from 'vitest'
import { connectText } from '../connect-text.js'
import type { ConnectHelp } from './connect-view.js'
import { DemoView } from './demo-view.js'
import type { PanelModel } from './panel-model.js'

const order = {
  id: '7',
  clientId: null,
  side: 'sell',
  type: 'limit',
  timeInForce: 'gtc',
  status: 'partially_filled',
  price: '64010.5',
  triggerPrice: null,
  size: '0.2',
  filledSize: '0.1',
  remainingSize: '0.1',
  averagePrice: null,
  createdAt: null,
  updatedAt: null,
  symbol: 'BTC/USDT',
} as const

const panel: PanelModel = {
  title: 'Acme spot',
  url: 'ws://127.0.0.1:9000/',
  state: 'connected',
  messagesPerSecond: 1234.4,
  p99Ms: 0.126,
  lagMs: 1.25,
  dropped: 0,
  superseded: 0,
  errors: 0,
  liveStreams: 17,
  streams: 18,
  quotes: [
    {
      symbol: 'BTC/USDT',
      quote: { bidPrice: 64000, bidSize: 0.5, askPrice: 64000.5, askSize: 12 },
      priceDigits: 1,
      ticker: { change: -0.0123 } as TickerData,
      history: [1, 2, 3, 4],
    },
  ],
  trades: [
    {
      id: null,
      price: 64000.5,
      size: 0.25,
      side: 'buy',
      time: 45_296_789,
      symbol: 'BTC/USDT',
      number: 1,
      receivedAt: 45_296_790,
      isBackfilled: false,
    },
  ],
  orders: [order],
  executions: [],
  balances: [
    {
      asset: 'BTC',
      free: '1.23456789',
      locked: '0',
      total: '1.23456789',
      change: null,
      freeChange: null,
      reason: null,
      time: null,
    },
  ],
}

function draw(
  panels: readonly PanelModel[],
  columns: number,
  rows: number,
  help: readonly ConnectHelp[] | null = null,
): string {
  const view = <DemoView panels={panels} elapsedMs={65_000} columns={columns} rows={rows} hint="q quits" help={help} />
  const text = stripVTControlCharacters(renderToString(view, { columns }))
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}

describe('the live view', () => {
  test('shows connection, market and account of an exchange', () => {
    expect(draw([panel], 112, 12)).toMatchInlineSnapshot(`
      " tapewire demo emulated exchanges on this machine, real sockets                                    1:05 q quits
      ╭──────────────────────────────────────────────────────────────────────────────────────────────────────────────╮
      │ Acme spot ● connected ws://127.0.0.1:9000/                  17/18 live  1,234 msg/s  p99 0.13 ms  lag 1.3 ms │
      │                    size           bid ask           size            24 h                                     │
      │ BTC/USDT            0.5      64,000.0 64,000.5      12            -1.23%                      ▁▃▆█           │
      │ trades                                          own account: 1 open order                                    │
      │ 12:34:56.789 BTC/USDT  buy  0.25 @ 64,000.5     BTC 1.2345                                                   │
      │                                                 BTC/USDT  sell 0.2 @ 64010.5 partially filled                │
      │                                                                                                              │
      │                                                                                                              │
      ╰──────────────────────────────────────────────────────────────────────────────────────────────────────────────╯"
    `)
  })

  test('shows what fits on a small terminal', () => {
    expect(draw([panel], 60, 10)).toMatchInlineSnapshot(`
      " tapewire demo emulated exchanges on this ma…  1:05 q quits
      ╭──────────────────────────────────────────────────────────╮
      │ Acme spot ● connected   17/18 live  1,234 msg/s  p99 0.… │
      │                       bid ask               24 h         │
      │ BTC/USDT         64,000.0 64,000.5        -1.23%    ▁▃▆█ │
      │ trades                                                   │
      │ 12:34:56.789 BTC/USDT  buy  0.25 @ 64,000.5              │
      │                                                          │
      ╰──────────────────────────────────────────────────────────╯"
    `)
  })

  test('shows how to connect in place of the panels, in lines that can be copied', () => {
    const code = connectText({
      exchange: 'acme_spot',
      symbols: ['BTC/USDT'],
      emulation: { endpoints: { url: 'ws://127.0.0.1:9000/', restUrl: 'http://127.0.0.1:9000/api' } },
    })
    const drawn = draw([panel], 80, 24, [{ title: 'Acme spot', code }])
    expect(drawn).toContain(`\n${code}\n`)
    expect(drawn).not.toContain('● connected')
  })

  test('puts trouble first', () => {
    const troubled: PanelModel = { ...panel, state: 'reconnecting', dropped: 3, errors: 1_200 }
    expect(draw([troubled], 100, 12)).toMatch(/● reconnecting +3 dropped {2}1,200 errors {2}17\/18 live/)
  })

  test.each([
    [200, 30],
    [112, 30],
    [80, 24],
    [40, 10],
    [10, 3],
  ])('of two exchanges fits %i columns and %i rows', (columns, rows) => {
    const lines = draw([panel, { ...panel, title: 'Other spot' }], columns, rows).split('\n')
    expect(lines.length).toBeLessThan(rows)
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns)
  })

  test('has nothing to show before the first message, and shows that', () => {
    const empty: PanelModel = { ...panel, quotes: [], trades: [], orders: [], balances: [], lagMs: null }
    expect(draw([empty], 112, 12)).toContain('no change yet')
  })
})
