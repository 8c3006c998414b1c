import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { channels } from '@tapewire/core'
import { describe, expect, test } from 'vitest'
import { fixture, invoke } from './support/invoke.js'

async function replay(file: string, exchange: string, ...more: string[]): Promise<Record<string, unknown>> {
  const outcome = await invoke(['replay', file, '--exchange', exchange, '--speed', 'max', '--json', ...more])
  expect(outcome).toMatchObject({ code: 0, stderr: '' })
  return JSON.parse(outcome.stdout) as Record<string, unknown>
}

const noneOfAny = Object.fromEntries(channels.map((channel) => [channel, 0]))

describe('replay', () => {
  test('counts what arrived over the socket, by channel and by pair', async () => {
    expect(await replay(fixture('gateio-market.jsonl'), 'gateio_spot')).toEqual({
      frames: 12,
      messages: {
        ...noneOfAny,
        orderbook: 3,
        trades: 2,
        book_ticker: 1,
        ticker: 1,
        candles: 1,
      },
      bySymbol: {
        'BTC/USDT': { orderbook: 2, trades: 1, book_ticker: 1 },
        'ETH/USDT': { orderbook: 1, trades: 1, ticker: 1, candles: 1 },
      },
      unknown: 1,
      errors: 0,
      other: 0,
      dropped: 0,
      superseded: 0,
    })
  })

  test('connects to the account where the capture carries nothing else', async () => {
    expect(await replay(fixture('gateio-account.jsonl'), 'gateio_spot')).toMatchObject({
      frames: 3,
      messages: { orderbook: 0, orders: 1, executions: 1, balances: 1 },
      bySymbol: { 'BTC/USDT': { orders: 1, executions: 1 } },
    })
  })

  test('plays market and account to one connection each', async () => {
    expect(await replay(fixture('gateio-both.jsonl'), 'gateio_spot')).toMatchObject({
      frames: 15,
      messages: { orderbook: 3, trades: 2, orders: 1, executions: 1, balances: 1 },
      unknown: 1,
    })
  })

  test('plays binary frames, and finds a listen key for the account', async () => {
    expect(await replay(fixture('mexc-session.jsonl'), 'mexc_spot')).toMatchObject({
      frames: 26,
      messages: {
        orderbook: 3,
        trades: 3,
        book_ticker: 3,
        ticker: 3,
        candles: 3,
        orders: 3,
        executions: 3,
        balances: 3,
      },
      unknown: 0,
      errors: 0,
      dropped: 0,
    })
  })

  test('takes REST answers from elsewhere', async () => {
    const summary = await replay(
      fixture('gateio-both.jsonl'),
      'gateio_spot',
      '--rest',
      fixture('gateio-market.rest.jsonl'),
    )
    expect(summary).toMatchObject({ messages: { orderbook: 3 } })
  })

  test('keeps the recorded pace, faster by a factor', async () => {
    const outcome = await invoke([
      'replay',
      fixture('gateio-market.jsonl'),
      '--exchange',
      'gateio_spot',
      '--speed',
      '4',
      '--json',
    ])
    expect(JSON.parse(outcome.stdout)).toMatchObject({ frames: 12, messages: { orderbook: 3 }, dropped: 0 })
  })

  test('sums up for people', async () => {
    const outcome = await invoke([
      'replay',
      fixture('gateio-market.jsonl'),
      '--exchange',
      'gateio_spot',
      '--speed',
      'max',
    ])
    expect(outcome.code).toBe(0)
    expect(outcome.stderr).toBe('Playing 12 frames of Gate.io spot as fast as it goes.\n')
    expect(outcome.stdout).toMatchInlineSnapshot(`
      "symbol    orderbook  trades  book_ticker  ticker  candles
      BTC/USDT          2       1            1       0        0
      ETH/USDT          1       1            0       1        1
      all               3       2            1       1        1

      12 frames, 1 unknown, 0 errors, 0 other, 0 dropped, 0 superseded
      "
    `)
  })

  test('interrupted before the end leaves no half result', async () => {
    const outcome = await invoke(['replay', fixture('gateio-market.jsonl'), '--exchange', 'gateio_spot'], {
      signal: AbortSignal.abort(),
    })
    expect(outcome).toMatchObject({ code: 130, stdout: '' })
    expect(outcome.stderr).not.toContain('error')
  })
})

/** Recorded traffic lies beside the repository, not in it. */
const captures = fileURLToPath(new URL('../../../../shared/captures/', import.meta.url))

describe.skipIf(!existsSync(captures))('recorded traffic', () => {
  test('of Gate.io spot is delivered to the last frame', async () => {
    const summary = await replay(`${captures}gateio-spot/cryptofeed-20210422.jsonl`, 'gateio_spot')
    expect(summary).toMatchObject({
      frames: 145,
      messages: { orderbook: 106, trades: 3, book_ticker: 0, ticker: 11, candles: 9 },
      unknown: 0,
      errors: 0,
      dropped: 0,
    })
  })

  test('of MEXC spot, single samples, is delivered as well', async () => {
    const summary = await replay(`${captures}mexc-spot/pb-captures.jsonl`, 'mexc_spot')
    expect(summary).toMatchObject({
      frames: 13,
      messages: { orderbook: 3, trades: 1, book_ticker: 2, ticker: 1, candles: 1 },
      unknown: 0,
      errors: 0,
    })
  })
})
