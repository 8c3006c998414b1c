import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scene, shot, troubledShot } from '../../test/support/scenes.js'
import { drawFrame, type Scene, type ScreenSize } from './frame.js'
import type { Shot } from './shot.js'
import { type Line, lineWidth } from './text/line.js'

const text = (line: Line): string =>
  line
    .map((one) => one.text)
    .join('')
    .trimEnd()
const draw = (drawn: Scene, columns: number, rows: number): string =>
  `\n${drawFrame(drawn, { columns, rows }).map(text).join('\n')}\n`

describe('the screen', () => {
  test('has the market, the connections and the keys in 50 columns', () => {
    expect(draw(scene, 50, 20)).toMatchInlineSnapshot(`
      "
       Acme spot ●  ‹ BTC/USDT 1/3 ›  -1.23%        1:05
      ● connected  gaps 0  1,234 msg/s  p99 0.126 ms
      BTC/USDT book ● live  spread 0.5 ─────────────────
               0.500 64,000.0 │ 64,000.5 12.000 █▌
            ▐  1.500 63,999.5 │ 64,001.0 12.125 ███▌
            ▐  2.500 63,999.0 │ 64,001.5 12.250 █████
            █  3.500 63,998.5 │ 64,002.0 12.375 ███████
      trades ───────────────────────────────────────────
      12:34:56.789 ▼ sell 64,000.5 0.250
      12:34:56.652 ▲ buy  64,000.4 0.260
      12:34:56.515 ▲ buy  64,000.3 0.270
      streams 5 of 5 live ──────────────────────────────
      ● orderbook   BTC/USDT live 1 min
      ● trades      BTC/USDT live 1 min
      connections 2 of 2 ───────────────────────────────
      ● acme_spot#1  connected  1 min  1,200/s
      last minute ──────────────────────────────────────
      p99 ms                              ▃▅█▅▃    0.126
      msg/s                                ▇▇██    1,234
      q quits  ? help  space pauses  ← → instrument
      "
    `)
  })

  test('has what is wrong before everything else in 80 columns', () => {
    expect(draw({ ...scene, shot: troubledShot, pausedMs: 12_000 }, 80, 24)).toMatchInlineSnapshot(`
      "
       Acme spot ●  Nimbus spot ×  ‹ BTC/USDT 1/3 ›  -1.23%           PAUSED 12 s ago
      × 1 of 2 connected  1 alert  gaps 3  1,234 msg/s  p99 0.126 ms  lag 1.25 ms
      1 alert ────────────────────────────────────────────────────────────────────────
      ‼ reconnect-storm for 8 s: acme_spot#1 was lost 4 times in 60 s
        → Look for a proxy that ends connections: tapewire doctor acme_spot tells
          more.
          https://example.com/docs/alerts#reconnect-storm
      BTC/USDT book × gapped for 3 s ────────────  last minute ───────────────────────
      connection lost (ERR_CONNECTION_CLOSED):     p99 ms               ▃▅█▅▃    0.126
      the socket ended without a close frame       msg/s                 ▇▇██    1,234
            0.500 64,000.0 │ 64,000.5 12.000 █     price                 ▁▃▆█
            1.500 63,999.5 │ 64,001.0 12.125 ██    connections 1 of 2 ────────────────
         ▐  2.500 63,999.0 │ 64,001.5 12.250 ███   ○ acme_spot#1  reconnecting  3 s
         ▐  3.500 63,998.5 │ 64,002.0 12.375 ████  ● acme_spot#2  1 min  34/s
      trades ────────────────────────────────────  streams 3 of 5 live  gaps 3 ───────
      12:34:56.789 ▼ sell 64,000.5 0.250           × orderbook   BTC/USDT gapped 3 s
      12:34:56.652 ▲ buy  64,000.4 0.260             connection lost (ERR_CONNECTION_…
      12:34:56.515 ▲ buy  64,000.3 0.270           ! ticker      BTC/USDT stale 5 s
      12:34:56.378 ▼ sell 64,000.2 0.280           ● trades      BTC/USDT live 1 min
      12:34:56.241 ▲ buy  64,000.1 0.290           ● book_ticker BTC/USDT live 1 min
      what happened ──────────────────────────────────────────────────────────────────
      12:34:53 ! acme_spot#1 reconnecting (ERR_CONNECTION_CLOSED), attempt 3 in 1.2 s
      12:34:47 · acme_spot#1 connected
      q quits  ? help  space pauses  ← → instrument  e exchange  c connects your own
      "
    `)
  })

  test('has everything beside each other in 120 columns', () => {
    expect(draw(scene, 120, 16)).toMatchInlineSnapshot(`
      "
       Acme spot ●  Nimbus spot ×  ‹ BTC/USDT 1/3 ›  -1.23%  emulated                                                     1:05
      ● connected  gaps 0  1,234 msg/s  p99 0.126 ms  lag 1.25 ms
      BTC/USDT book ● live  spread 0.5 ──────────────  trades ─────────────────────────  last minute ─────────────────────────
              0.500 64,000.0 │ 64,000.5 12.000 ▌       12:34:56 ▼ sell 64,000.5 0.250    p99 ms                 ▃▅█▅▃    0.126
              1.500 63,999.5 │ 64,001.0 12.125 █       12:34:56 ▲ buy  64,000.4 0.260    msg/s                   ▇▇██    1,234
              2.500 63,999.0 │ 64,001.5 12.250 █▌      12:34:56 ▲ buy  64,000.3 0.270    price                   ▁▃▆█
           ▐  3.500 63,998.5 │ 64,002.0 12.375 ██      12:34:56 ▼ sell 64,000.2 0.280    connections 2 of 2 ──────────────────
           ▐  4.500 63,998.0 │ 64,002.5 12.500 ██▌     12:34:56 ▲ buy  64,000.1 0.290    ● acme_spot#1  1 min  1,200/s
           ▐  5.500 63,997.5 │ 64,003.0 12.625 ███     12:34:56 ▲ buy  64,000.0 0.300    ● acme_spot#2  connected  1 min  34/s
           █  6.500 63,997.0 │ 64,003.5 12.750 ███▌    12:34:55 ▼ sell 63,999.9 0.310    streams 5 of 5 live ─────────────────
          ▐█  7.500 63,996.5 │ 64,004.0 12.875 ████    12:34:55 ▲ buy  63,999.8 0.320    ● orderbook   BTC/USDT live 1 min
          ▐█  8.500 63,996.0 │ 64,004.5 13.000 ████▌   12:34:55 ▲ buy  63,999.7 0.330    ● trades      BTC/USDT live 1 min
          ██  9.500 63,995.5 │ 64,005.0 13.125 █████   12:34:55 ▼ sell 63,999.6 0.340    ● book_ticker BTC/USDT live 1 min
         ▐██ 10.500 63,995.0 │ 64,005.5 13.250 █████▌  12:34:55 ▲ buy  63,999.5 0.350    ● ticker      BTC/USDT live 1 min
         ███ 11.500 63,994.5 │ 64,006.0 13.375 ██████  12:34:55 ▲ buy  63,999.4 0.360    ● candles     BTC/USDT live 1 min
      q quits  ? help  space pauses  ← → instrument  e exchange  c connects your own
      "
    `)
  })

  test('explains keys and signs', () => {
    const abilities = { ...scene.abilities, view: 'help' as const }
    expect(draw({ ...scene, abilities }, 50, 24)).toMatchInlineSnapshot(`
      "
       Acme spot ●  ‹ BTC/USDT 1/3 ›  -1.23%        1:05
      ● connected  gaps 0  1,234 msg/s  p99 0.126 ms
      ← → tab   the instrument before, the next one
      e         the next exchange
      space     stands still; what comes is read anyway
      c         how your own program connects here
      q         quits, as Ctrl-C does
      ●         live: it delivers, and all is there
      ○         syncing: asked for, not there yet
      !         stale: silent for longer than it should
      ×         gapped: something was lost
      ▲ ▼       bought, sold: by the taker of a trade
      64 │ 65   who buys on the left, sells on the right
      ██▌       how much there is up to this price
      p99 ms    read to handled, slowest in a hundred
      lag       our clock less the exchange’s time







      q quits  ? goes back
      "
    `)
  })

  test('says how many columns it needs where there are fewer', () => {
    expect(draw(scene, 49, 12)).toContain('50 columns show the market')
  })

  test('shows code to paste with nothing missing', () => {
    const connectText = `const url = '${'x'.repeat(120)}'`
    const abilities = { ...scene.abilities, view: 'connect' as const }
    const shown = drawFrame({ ...scene, abilities, connectText }, { columns: 50, rows: 24 }).slice(2, -1)
    expect(shown.map(text).join('')).toBe(connectText)
  })
})

/** Numbers whose digits are all 7, with at least four of them, so that a part of one is seen wherever it appears. */
const digits = fc
  .integer({ min: 4, max: 9 })
  .chain((whole) =>
    fc.integer({ min: 0, max: 8 }).map((fraction) => Number(`${'7'.repeat(whole)}.${'7'.repeat(fraction)}`)),
  )

function shotOf(prices: readonly number[], sizes: readonly number[], base: Shot): Shot {
  const fraction = (values: readonly number[]): number =>
    Math.max(0, ...values.map((value) => String(value).split('.')[1]?.length ?? 0))
  const levels = prices.map((price, index) => ({ price, size: sizes[index] ?? 1 }))
  return {
    ...base,
    book: base.book === null ? null : { ...base.book, bids: levels, asks: levels },
    trades: base.trades.map((trade, index) => ({
      ...trade,
      time: 0,
      price: prices[index % prices.length] ?? 1,
      size: sizes[index % sizes.length] ?? 1,
    })),
    priceDigits: fraction(prices),
    sizeDigits: fraction(sizes),
    log: [{ at: 0, level: 'warn', text: `gap of 77777 to 777777 (7777.77 ms)` }],
  }
}

describe('in a terminal of any size', () => {
  const size: fc.Arbitrary<ScreenSize> = fc.record({
    columns: fc.integer({ min: 1, max: 240 }),
    rows: fc.integer({ min: 1, max: 70 }),
  })
  const view = fc.constantFrom('market' as const, 'help' as const, 'connect' as const)
  const base = fc.constantFrom(shot, troubledShot, { ...shot, book: null }, { ...shot, book: null, quote: null })

  test('a frame has as many lines as the terminal, none wider than it', () => {
    fc.assert(
      fc.property(size, view, base, (terminal, shown, drawn) => {
        const abilities = { ...scene.abilities, view: shown }
        const lines = drawFrame({ ...scene, shot: drawn, abilities }, terminal)
        expect(lines).toHaveLength(terminal.rows)
        for (const line of lines) expect(lineWidth(line)).toBeLessThanOrEqual(terminal.columns)
      }),
    )
  })

  test('from 50 columns on no number is cut, and the best prices are there', () => {
    const amounts = fc.array(digits, { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(amounts, amounts, size, base, (prices, sizes, terminal, drawn) => {
        const columns = Math.max(50, terminal.columns)
        const rows = Math.max(12, terminal.rows)
        const made = shotOf(prices, sizes, drawn)
        const lines = drawFrame({ ...scene, shot: made }, { columns, rows }).map(text)
        const fixed = (value: number, places: number): string =>
          value.toLocaleString('en-US', { minimumFractionDigits: places, maximumFractionDigits: places })
        // A size may be rounded, a price may not.
        const places = Array.from({ length: made.sizeDigits + 1 }, (_, index) => index)
        const whole = new Set([
          ...prices.map((price) => fixed(price, made.priceDigits)),
          ...sizes.flatMap((value) => places.map((count) => fixed(value, count))),
          '77777',
          '777777',
          '7777.77',
        ])
        // Four sevens in a row, commas and all: what is shorter is an age, a count or a size in short.
        const numbers = lines.flatMap((line) => line.match(/[\d.,]*7[\d.,]*/g) ?? [])
        for (const number of numbers.filter((one) => /^[7.,]{5,}$/.test(one))) expect(whole).toContain(number)
        if (drawn.book !== null) {
          expect(lines.join('\n')).toContain(`${fixed(prices[0] ?? 0, made.priceDigits)} │ `)
        }
      }),
    )
  })
})
