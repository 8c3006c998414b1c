import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseInstrument } from '@tapewire/core'
import { type GateioSpotVenueControl, gateioSpotVenue } from '@tapewire/exchange-gateio/testing'
import { mexcSpotVenue } from '@tapewire/exchange-mexc/testing'
import { readCapture, startVenueServer, type VenueServer } from '@tapewire/testkit'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { run } from '../src/run.js'
import {
  Collector,
  fakeTerminal,
  invoke,
  jsonLines,
  Keyboard,
  leavingReader,
  type Outcome,
  shownOn,
} from './support/invoke.js'

const pairs = ['BTC/USDT', 'ETH/USDT'].map(parseInstrument)
let gateio: VenueServer
let mexc: VenueServer

beforeEach(async () => {
  gateio = await startVenueServer({ venue: gateioSpotVenue, pairs, intervalMs: 2 })
  mexc = await startVenueServer({ venue: mexcSpotVenue, pairs, intervalMs: 2 })
})

afterEach(async () => {
  await gateio.close()
  await mexc.close()
})

/** Streams until the output is enough, then presses Ctrl-C. */
function streamUntil(isEnough: (text: string) => boolean, argv: readonly string[]): Promise<Outcome> {
  const interrupt = new AbortController()
  const onOutput = (text: string): void => {
    if (isEnough(text)) interrupt.abort()
  }
  return invoke(['stream', ...argv], { onOutput, signal: interrupt.signal })
}

const hasLines =
  (count: number) =>
  (text: string): boolean =>
    text.split('\n').length > count

const at = (server: VenueServer): string[] => ['--url', server.url, '--rest-url', server.restUrl]

describe('stream', () => {
  test('prints one line a message until Ctrl-C, and ends with 0', async () => {
    const outcome = await streamUntil(hasLines(20), ['gateio_spot', 'BTC/USDT', ...at(gateio)])
    expect(outcome).toMatchObject({ code: 0, stderr: '' })
    for (const line of outcome.stdout.trimEnd().split('\n')) {
      expect(line).toMatch(/^\d\d:\d\d:\d\d\.\d{3} {2}(book_ticker|trades) +BTC\/USDT +\S/)
    }
  })

  test('prints JSON lines with the pair as text and the type as a number', async () => {
    const argv = ['mexc_spot', 'BTC/USDT', 'ETH/USDT', '--channels', 'orderbook,book_ticker', '--json', ...at(mexc)]
    const outcome = await streamUntil(hasLines(10), argv)
    expect(outcome).toMatchObject({ code: 0, stderr: '' })
    for (const line of jsonLines(outcome.stdout)) {
      expect(line).toMatchObject({
        type: expect.toBeOneOf([1, 3]),
        stream: expect.stringMatching(/(BTC|ETH)USDT/),
        symbol: expect.toBeOneOf(['BTC/USDT', 'ETH/USDT']),
        channel: expect.toBeOneOf(['orderbook', 'book_ticker']),
        receivedAt: expect.any(Number),
      })
    }
  })

  test('streams candles of the widths asked for', async () => {
    const argv = [
      'gateio_spot',
      'BTC/USDT',
      '--channels',
      'candles',
      '--candle-intervals',
      '1m,1h',
      '--json',
      ...at(gateio),
    ]
    const outcome = await streamUntil((text) => text.includes('"1m"') && text.includes('"1h"'), argv)
    expect(outcome.code).toBe(0)
  })

  test('ends by itself after --duration', async () => {
    expect(await invoke(['stream', 'gateio_spot', 'BTC/USDT', '--duration', '50ms', ...at(gateio)])).toMatchObject({
      code: 0,
      stderr: '',
    })
  })

  test('stops without a word when its reader leaves', async () => {
    const stderr = new Collector()
    expect(await run(['stream', 'gateio_spot', 'BTC/USDT', ...at(gateio)], { stdout: leavingReader(), stderr })).toBe(0)
    expect(stderr.text).toBe('')
  })

  test('warns of a refused pair, and streams the others', async () => {
    const outcome = await streamUntil(hasLines(5), ['mexc_spot', 'BTC/USDT', 'NOPE/USDT', ...at(mexc)])
    expect(outcome.code).toBe(0)
    expect(outcome.stderr).toMatch(
      /^warning\[ERR_SUBSCRIPTION_REJECTED\]: mexc_spot refused 2 subscriptions\..*NOPE\/USDT/,
    )
  })

  test.each([
    ['names', ([first]: readonly string[]) => `unknown currency pair ${first}`],
    ['does not name', () => 'invalid argument'],
  ])('warns of a pair that a whole request was refused for and which the exchange %s', async (_what, words) => {
    let control: GateioSpotVenueControl | undefined
    await gateio.close()
    gateio = await startVenueServer({
      venue: (context) => {
        const venue = gateioSpotVenue(context)
        control = venue.control
        return venue
      },
      pairs,
      intervalMs: 2,
    })
    control?.wordRefusals(words)
    const isEnough = (text: string): boolean => text.includes('BTC/USDT') && text.includes('ETH/USDT')
    const outcome = await streamUntil(isEnough, ['gateio_spot', 'BTC/USDT', 'NOPE/USDT', 'ETH/USDT', ...at(gateio)])
    expect(outcome.code).toBe(0)
    expect(outcome.stderr).toMatch(
      /^warning\[ERR_SUBSCRIPTION_REJECTED\]: gateio_spot refused 2 subscriptions\..*NOPE\/USDT[^\n]*\n$/,
    )
  })

  test('fails where every pair is refused', async () => {
    const outcome = await invoke(['stream', 'mexc_spot', 'NOPE/USDT', ...at(mexc)])
    expect(outcome).toMatchObject({ code: 1, stdout: '' })
    expect(outcome.stderr).toMatch(/^error\[ERR_SUBSCRIPTION_REJECTED\]/)
  })

  test('prints what was fetched because it was missed, marked, and tells no gap that its own end leaves', async () => {
    let cut = false
    const outcome = await streamUntil(
      (text) => {
        if (!cut && text.includes('"trades"')) {
          cut = true
          gateio.faults.terminateAll()
          // It goes on a second later, when it looks for what it missed.
          while (gateio.market.step(pairs[0]).every(({ kind }) => kind !== 'trade'));
        }
        return text.includes('"backfilled":true')
      },
      ['gateio_spot', 'BTC/USDT', '--channels', 'trades', '--json', ...at(gateio)],
    )
    expect(outcome.code).toBe(0)
    expect(outcome.stderr).not.toContain('closed before')
  })

  test('writes down what went over the wire when a stream is gapped, with --flight', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tapewire-flight-'))
    try {
      let cut = false
      const outcome = await streamUntil(
        (text) => {
          const hasBegun = hasLines(20)(text)
          if (hasBegun && !cut) gateio.faults.terminateAll()
          cut ||= hasBegun
          return cut && gateio.clientsSeen === 2
        },
        ['gateio_spot', 'BTC/USDT', '--flight', folder, ...at(gateio)],
      )
      expect(outcome.code).toBe(0)
      const [name = ''] = await readdir(folder)
      expect(name).toMatch(/^gateio_spot-.*-gap-.*\.jsonl$/)
      expect(outcome.stderr).toContain(`${join(folder, name)}: what went over the wire (`)
      const { frames } = await readCapture(join(folder, name))
      expect(new Set(frames.map(({ url }) => url?.split('#')[1]))).toEqual(new Set(['1', '2']))
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('says on standard error that it reconnected, and goes on', async () => {
    let linesBefore = 0
    const outcome = await streamUntil(
      (text) => {
        const lines = text.split('\n').length
        if (linesBefore === 0) {
          linesBefore = lines
          gateio.faults.terminateAll()
        }
        return gateio.clientsSeen === 2 && lines > linesBefore + 20
      },
      ['gateio_spot', 'BTC/USDT', ...at(gateio)],
    )
    expect(outcome.code).toBe(0)
    expect(outcome.stderr).toContain('gateio_spot#1 reconnecting (ERR_CONNECTION_CLOSED), attempt 1 at once\n')
    expect(outcome.stderr).toContain('gateio_spot#1 connected')
  })
})

describe('stream on a terminal', () => {
  /** What is said while the screen is shown waits, for it goes to the same terminal. */
  const sameTerminal = (): Collector => Object.assign(new Collector(), { isTTY: true })

  test('shows book, trades and what happens during a cut; the log of it is left once the screen is gone', async () => {
    const keys = new Keyboard()
    const terminal = fakeTerminal()
    const stderr = sameTerminal()
    const argv = ['stream', 'gateio_spot', 'BTC/USDT', 'NOPE/USDT', ...at(gateio)]
    const code = run(argv, { stdout: terminal, stderr, stdin: keys, environment: { TERM: 'xterm' } })
    const screen = (): string => shownOn(terminal).join('\n')
    await vi.waitFor(() => expect(screen()).toMatch(/BTC\/USDT book ● live.*\d\d:\d\d:\d\d.* (▲ buy|▼ sell) /s), {
      timeout: 10_000,
    })
    expect(screen()).toMatch(/! gateio_spot refused \d subscriptions/)
    expect(screen()).toMatch(/● gateio_spot#1 .*\d+ s/)
    const told = stderr.text
    gateio.faults.refuseConnections()
    gateio.faults.terminateAll()
    await vi.waitFor(() => expect(screen()).toMatch(/BTC\/USDT book × gapped for \d+ s/), { timeout: 5_000 })
    await vi.waitFor(() => expect(screen()).toMatch(/○ gateio_spot#1 +reconnecting/))
    expect(screen()).toMatch(/^× 0 of 1 connected/m)
    expect(stderr.text).toBe(told)
    keys.write('q')
    expect(await code).toBe(0)
    expect(terminal.text.endsWith('\u001b[?1049l')).toBe(true)
    expect(stderr.text).toMatch(/^[\d:.]+ gateio_spot#1 reconnecting \(ERR_/m)
    expect(stderr.text).toMatch(/^[\d:.]+ gateio_spot refused \d subscriptions/m)
  })

  test('ends with the error that ended the feed, on a terminal that is as it was', async () => {
    const terminal = fakeTerminal()
    const argv = ['stream', 'mexc_spot', 'NOPE/USDT', ...at(mexc)]
    const stderr = sameTerminal()
    expect(await run(argv, { stdout: terminal, stderr, stdin: new Keyboard(), environment: {} })).toBe(1)
    expect(terminal.text).toBe('')
    expect(stderr.text).toMatch(/error\[ERR_SUBSCRIPTION_REJECTED\]/)
  })

  test.each([
    ['--plain', { argv: ['--plain'], environment: {}, keys: new Keyboard() }],
    ['TERM=dumb', { argv: [], environment: { TERM: 'dumb' }, keys: new Keyboard() }],
    ['no keys', { argv: [], environment: {}, keys: new Collector() as never }],
    ['a build server', { argv: [], environment: { CI: 'true' }, keys: new Keyboard() }],
  ])('prints lines with %s', async (_what, { argv, environment, keys }) => {
    const interrupt = new AbortController()
    const terminal = fakeTerminal((text) => {
      if (hasLines(3)(text)) interrupt.abort()
    })
    const io = { stdout: terminal, stderr: new Collector(), stdin: keys, signal: interrupt.signal, environment }
    expect(await run(['stream', 'gateio_spot', 'BTC/USDT', ...argv, ...at(gateio)], io)).toBe(0)
    expect(terminal.text).not.toContain('\u001b[?1049h')
  })
})
