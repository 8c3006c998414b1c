import { describe, expect, test } from 'vitest'
import { fixture, invoke } from './support/invoke.js'

/** Nothing listens on port 9 of this machine. */
const nowhere = 'ws://127.0.0.1:9/'
const market = fixture('gateio-market.jsonl')

/** What is typed, the exit code, and the one line that comes back. */
const cases: readonly [string, readonly string[], number, string | RegExp][] = [
  [
    'an unknown command',
    ['strem'],
    2,
    "error[ERR_USAGE]: Unknown command 'strem'. — Did you mean stream? See tapewire --help.",
  ],
  [
    'an unknown option',
    ['stream', 'gateio_spot', 'BTC/USDT', '--chanels', 'trades'],
    2,
    "error[ERR_USAGE]: Unknown option '--chanels'. — Did you mean --channels? See tapewire stream --help.",
  ],
  [
    'a missing argument',
    ['stream', 'gateio_spot'],
    2,
    "error[ERR_USAGE]: Missing required argument 'symbols'. — See tapewire stream --help.",
  ],
  [
    'a missing option',
    ['decode', market],
    2,
    "error[ERR_USAGE]: Required option '--exchange <name>' not specified. — See tapewire decode --help.",
  ],
  [
    'an unknown exchange',
    ['stream', 'gateio-spot', 'BTC/USDT'],
    2,
    'error[ERR_UNKNOWN_EXCHANGE]: "gateio-spot" is not the name of an exchange. — Did you mean gateio_spot? Names are lower case with underscores, the market last: acme_spot.',
  ],
  [
    'half the name of an exchange',
    ['doctor', 'mexc'],
    2,
    'error[ERR_UNKNOWN_EXCHANGE]: The package @tapewire/exchange-mexc has no exchange mexc. — Did you mean mexc_spot? It has mexc_spot.',
  ],
  [
    'a name that objects have by nature',
    ['demo', '--exchange', 'constructor'],
    2,
    'error[ERR_EXCHANGE_NOT_INSTALLED]: No installed package provides constructor. (Looked for: @tapewire/exchange-constructor, tapewire-exchange-constructor) — Here without installing: gateio_spot, mexc_spot. Where there is a package for it: npm install @tapewire/exchange-constructor, or npm install tapewire-exchange-constructor. Which there are: npm search tapewire-exchange. To write one: https://github.com/tapewire/tapewire/blob/main/docs/writing-an-adapter.md',
  ],
  [
    'an exchange whose package is not installed, and which may be another',
    ['stream', 'gate_spot', 'BTC/USDT'],
    2,
    'error[ERR_EXCHANGE_NOT_INSTALLED]: No installed package provides gate_spot. (Looked for: @tapewire/exchange-gate, tapewire-exchange-gate) — Did you mean gateio_spot? Here without installing: gateio_spot, mexc_spot. Where there is a package for it: npm install @tapewire/exchange-gate, or npm install tapewire-exchange-gate. Which there are: npm search tapewire-exchange. To write one: https://github.com/tapewire/tapewire/blob/main/docs/writing-an-adapter.md',
  ],
  [
    'a package that is not installed',
    ['decode', market, '--exchange', 'acme_spot', '--package', 'acme-streams'],
    2,
    'error[ERR_EXCHANGE_NOT_INSTALLED]: No installed package provides acme_spot. (Looked for: acme-streams) — Install it: npm install acme-streams',
  ],
  [
    'a symbol without a slash',
    ['stream', 'mexc_spot', 'btc-usdt'],
    2,
    'error[ERR_INVALID_SYMBOL]: "btc-usdt" is not the name of an instrument. — Write base and quote with a slash between them, as the exchange spells the assets: BTC/USDT; a perpetual with what it settles in: BTC/USDT:USDT.',
  ],
  [
    'an unknown channel',
    ['stream', 'mexc_spot', 'BTC/USDT', '--channels', 'trades,order_book'],
    2,
    /^error\[ERR_UNKNOWN_CHANNEL\]: There is no channel "order_book"\. — Did you mean orderbook\?/,
  ],
  [
    'channels with blanks between them',
    ['stream', 'mexc_spot', 'BTC/USDT', '--channels', 'trades', 'candles'],
    2,
    'error[ERR_USAGE]: candles is a channel, not an instrument. — Channels have commas between them: --channels trades,candles.',
  ],
  [
    'candle intervals of no candles',
    ['stream', 'mexc_spot', 'BTC/USDT', '--candle-intervals', '1h'],
    2,
    'error[ERR_USAGE]: Candle intervals were named, and the channel candles was not. — Add --channels candles.',
  ],
  [
    'a channel of the account',
    ['stream', 'mexc_spot', 'BTC/USDT', '--channels', 'orders', '--url', nowhere],
    2,
    /^error\[ERR_UNSUPPORTED_CHANNEL\]: /,
  ],
  [
    'a candle width the exchange does not have',
    ['stream', 'gateio_spot', 'BTC/USDT', '--channels', 'candles', '--candle-intervals', '7m'],
    2,
    /^error\[ERR_UNSUPPORTED_OPTION\]: /,
  ],
  [
    'no channel at all',
    ['stream', 'gateio_spot', 'BTC/USDT', '--channels', ','],
    2,
    /^error\[ERR_UNKNOWN_CHANNEL\]: No channel was named\./,
  ],
  [
    'a duration without unit',
    ['demo', '--duration', '5'],
    2,
    'error[ERR_USAGE]: "5" is not a duration. — Write a number with its unit: 500ms, 5s, 2m or 1h.',
  ],
  [
    'a speed of zero',
    ['replay', market, '--exchange', 'gateio_spot', '--speed', '0'],
    2,
    'error[ERR_USAGE]: "0" is not a speed. — Write a number above 0 (1 is the recorded pace, 10 ten times that) or max.',
  ],
  ['a port that is none', ['demo', '--port', '70000'], 2, /^error\[ERR_USAGE\]: "70000" is not a port\./],
  [
    'a URL that is none',
    ['doctor', 'gateio_spot', '--url', 'localhost:9000'],
    2,
    /^error\[ERR_USAGE\]: --url "localhost:9000" is not a WebSocket URL\./,
  ],
  [
    'a plain-text URL to another machine',
    ['stream', 'gateio_spot', 'BTC/USDT', '--url', 'ws://192.0.2.1/'],
    2,
    /^error\[ERR_INSECURE_URL\]: ws:\/\/192\.0\.2\.1\/ is not encrypted\./,
  ],
  [
    'a server that is not there',
    ['stream', 'gateio_spot', 'BTC/USDT', '--url', nowhere],
    1,
    'error[ERR_CONNECTION_REFUSED]: Nothing accepts connections at 127.0.0.1:9. (URL: ws://127.0.0.1:9/, System: ECONNREFUSED) — Check host and port, and that the server runs.',
  ],
  [
    'a capture that is not there',
    ['decode', 'nowhere.jsonl', '--exchange', 'gateio_spot'],
    1,
    'error[ERR_CAPTURE_UNREADABLE]: nowhere.jsonl: it cannot be read (ENOENT). — Check the path, and that the file can be read.',
  ],
  [
    'a dashboard of an exchange without instruments',
    ['dashboard', 'gateio_spot'],
    2,
    'error[ERR_USAGE]: No instrument of gateio_spot is named. — Name what is to be shown: tapewire dashboard gateio_spot BTC/USDT.',
  ],
  [
    'channels of a dashboard without an exchange',
    ['dashboard', '--channels', 'trades'],
    2,
    'error[ERR_USAGE]: --channels is of an exchange, and none is named. — Name it, and what it trades: tapewire dashboard gateio_spot BTC/USDT.',
  ],
  [
    'emulations beside an exchange',
    ['dashboard', 'gateio_spot', 'BTC/USDT', '--rate', '100'],
    2,
    'error[ERR_USAGE]: --rate is of emulations, and an exchange is named. — Leave out one of them: tapewire dashboard --rate …',
  ],
  [
    'a token that can be guessed',
    ['dashboard', '--token', 'secret'],
    2,
    'error[ERR_USAGE]: The token is not one. — Write 16 to 128 letters, digits, - and _; or leave it out, and one is made up.',
  ],
  [
    'a rate that no market has',
    ['dashboard', '--rate', '0'],
    2,
    'error[ERR_USAGE]: "0" is not a rate. — Write a number from 1 to 20000.',
  ],
  [
    'a capture with a line that was cut off',
    ['replay', fixture('cut-off.jsonl'), '--exchange', 'gateio_spot'],
    1,
    /^error\[ERR_CAPTURE_LINE\]: \S+cut-off\.jsonl:3: it is not JSON\. — A line that was cut off/,
  ],
  [
    'a capture of another exchange',
    ['replay', fixture('mexc-session.jsonl'), '--exchange', 'gateio_spot'],
    1,
    /^error\[ERR_NOTHING_TO_REPLAY\]: \S+mexc-session\.jsonl: none of its 26 inbound frames carries data of gateio_spot\./,
  ],
  [
    'a capture with a frame that ends connections',
    ['replay', fixture('broken-frame.jsonl'), '--exchange', 'gateio_spot', '--speed', 'max'],
    1,
    /error\[ERR_REPLAY_INCOMPLETE\]: The connection ended before all of its 3 frames were delivered\. A frame could not be read/,
  ],
]

describe('one line with a code and a hint', () => {
  test.each(cases)('answers %s', async (_title, argv, code, expected) => {
    const outcome = await invoke(argv)
    expect(outcome.code).toBe(code)
    expect(outcome.stdout).toBe('')
    const lines = outcome.stderr.trimEnd().split('\n')
    const last = lines.at(-1) ?? ''
    if (typeof expected === 'string') expect(last).toBe(expected)
    else expect(last).toMatch(expected)
    expect(outcome.stderr).not.toMatch(/\n\s+at /)
    if (code === 2) expect(lines).toHaveLength(1)
  })

  test('is JSON with --json, and standard output stays empty', async () => {
    const outcome = await invoke(['stream', 'gateio_spot', 'BTC/USDT', '--json', '--url', nowhere])
    expect(outcome).toMatchObject({ code: 1, stdout: '' })
    expect(JSON.parse(outcome.stderr)).toMatchObject({
      error: { code: 'ERR_CONNECTION_REFUSED', hint: expect.stringContaining('Check host and port') },
    })
  })

  test('is JSON with --json for a wrong command line as well', async () => {
    const outcome = await invoke(['stream', '--json'])
    expect(outcome.code).toBe(2)
    expect(JSON.parse(outcome.stderr)).toMatchObject({ error: { code: 'ERR_USAGE' } })
  })
})

describe('help', () => {
  test('goes to standard output when asked for', async () => {
    const outcome = await invoke(['--help'])
    expect(outcome).toMatchObject({ code: 0, stderr: '' })
    for (const name of ['demo', 'dashboard', 'stream', 'replay', 'decode', 'doctor'])
      expect(outcome.stdout).toContain(`  ${name} `)
  })

  test.each(['demo', 'dashboard', 'stream', 'replay', 'decode', 'doctor'])('of %s shows examples', async (name) => {
    const outcome = await invoke([name, '--help'])
    expect(outcome.code).toBe(0)
    expect(outcome.stdout).toContain(`Examples:\n  tapewire ${name}`)
  })

  test('goes to standard error, with exit code 2, when nothing was asked', async () => {
    const outcome = await invoke([])
    expect(outcome).toMatchObject({ code: 2, stdout: '' })
    expect(outcome.stderr).toContain('Usage: tapewire')
  })

  test('the version is the package’s', async () => {
    const outcome = await invoke(['--version'])
    expect(outcome).toMatchObject({ code: 0, stderr: '' })
    expect(outcome.stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})
