import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { mexcSpot } from '@tapewire/exchange-mexc'
import { describe, expect, test } from 'vitest'
import { run } from '../src/run.js'
import { Collector, fixture, invoke, jsonLines, leavingReader } from './support/invoke.js'

interface Decoded {
  readonly line: number
  readonly messages: readonly {
    readonly type: number
    readonly stream: string | null
    readonly symbol: string | null
    readonly channel: string | null
    readonly data: unknown
  }[]
}

async function decode(file: string, exchange: string): Promise<Decoded[]> {
  const outcome = await invoke(['decode', file, '--exchange', exchange])
  expect(outcome).toMatchObject({ code: 0, stderr: '' })
  return jsonLines(outcome.stdout) as Decoded[]
}

describe('decode', () => {
  test('says what every inbound frame holds, with its line in the file', async () => {
    const lines = await decode(fixture('gateio-both.jsonl'), 'gateio_spot')
    expect(lines.map(({ line, messages }) => [line, ...messages.map(({ type }) => type)])).toEqual([
      [2, 0],
      [4, 0],
      [5, 1],
      [6, 2],
      [7, 1],
      [8, 3],
      [9, 2],
      [10, 4],
      [11, 8],
      [12, 999],
      [13, 1],
      [14, -999],
      [15, 7],
      [16, 5],
      [17, 6],
    ])
    expect(lines[3]).toEqual({
      line: 6,
      messages: [
        {
          type: 2,
          stream: 'spot.trades:BTC_USDT',
          symbol: 'BTC/USDT',
          channel: 'trades',
          exchangeTime: expect.any(Number),
          sequence: 9001,
          data: [{ id: '9001', price: 50000.1, size: 0.015, side: 'sell', time: expect.any(Number) }],
        },
      ],
    })
  })

  test('reads binary frames, the account’s too', async () => {
    const lines = await decode(fixture('mexc-session.jsonl'), 'mexc_spot')
    const channels = new Set(lines.flatMap(({ messages }) => messages.map(({ channel }) => channel)))
    // Acknowledgements and pongs belong to no channel.
    expect(channels).toEqual(new Set([...mexcSpot.channels.map(({ channel }) => channel), null]))
  })

  test('names the stream of each message, and that of candles by their width', async () => {
    const lines = await decode(fixture('gateio-both.jsonl'), 'gateio_spot')
    const named = lines.flatMap(({ messages }) => messages.filter(({ channel }) => channel !== null))
    for (const { stream } of named) expect(stream).toEqual(expect.any(String))
    const candles = named.filter(({ channel }) => channel === 'candles')
    expect(candles).not.toEqual([])
    for (const { stream, data } of candles) expect(stream).toContain((data as { interval: string }).interval)
  })

  test('stops without a word when its reader leaves', async () => {
    const stderr = new Collector()
    const argv = ['decode', fixture('gateio-both.jsonl'), '--exchange', 'gateio_spot']
    expect(await run(argv, { stdout: leavingReader(), stderr })).toBe(0)
    expect(stderr.text).toBe('')
  })

  test('names the line it cannot read, after those it could', async () => {
    const outcome = await invoke(['decode', fixture('cut-off.jsonl'), '--exchange', 'gateio_spot'])
    expect(outcome.code).toBe(1)
    expect(jsonLines(outcome.stdout)).toHaveLength(1)
    expect(outcome.stderr).toMatch(/^error\[ERR_CAPTURE_LINE\]: \S+cut-off\.jsonl:3: it is not JSON\./)
  })
})

/** Recorded traffic lies beside the repository, not in it. */
const captures = fileURLToPath(new URL('../../../../shared/captures/', import.meta.url))
const files = existsSync(captures)
  ? ['gateio-spot', 'mexc-spot'].flatMap((folder) =>
      readdirSync(`${captures}${folder}`)
        .filter((name) => name.endsWith('.jsonl') && !/\.(rest|expected|sources)\.jsonl$/.test(name))
        .map((name) => `${folder}/${name}`),
    )
  : []

describe.skipIf(files.length === 0)('recorded traffic', () => {
  test.each(files)('%s is decoded frame by frame', async (name) => {
    const text = await readFile(`${captures}${name}`, 'utf8')
    const inbound = (jsonLines(text) as { dir: string }[]).filter(({ dir }) => dir === 'in').length
    const lines = await decode(`${captures}${name}`, name.startsWith('mexc') ? 'mexc_spot' : 'gateio_spot')
    expect(lines).toHaveLength(inbound)
    for (const { messages } of lines) expect(messages.length).toBeGreaterThan(0)
  })
})

/** Small inputs that went wrong once, each with what must come out of a line: fields that are not named are free. */
const cases = fileURLToPath(new URL('../../../../shared/cases/', import.meta.url))
const expectations = existsSync(cases)
  ? (['gateio_spot', 'mexc_spot'] as const).flatMap((exchange) => {
      const name = exchange.replace('_', '-')
      const expected = jsonLines(readFileSync(`${cases}${name}.expected.jsonl`, 'utf8')) as Expectation[]
      return expected.map(({ line, why, expect: message }) => ({ exchange, name, line, why, message }))
    })
  : []

interface Expectation {
  readonly line: number
  readonly why: string
  readonly expect: object
}

/** Those that do not come out right yet; one that does must leave this list. */
const stillWrong: readonly string[] = []

describe.skipIf(expectations.length === 0)('a case', () => {
  for (const { exchange, name, line, why, message } of expectations) {
    test(`${name}:${line} comes out right: ${why}`, { fails: stillWrong.includes(`${name}:${line}`) }, async () => {
      const decoded = await decode(`${cases}${name}.jsonl`, exchange)
      expect(decoded.find((one) => one.line === line)?.messages).toMatchObject([message])
    })
  }
})
