import { mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { parseInstrument, resolveExchange } from '@tapewire/core'
import { emulations as ofGateio } from '@tapewire/exchange-gateio/testing'
import { emulations as ofMexc } from '@tapewire/exchange-mexc/testing'
import {
  type ExchangeEmulation,
  readCapture,
  startVenueServer,
  type Venue,
  type VenueRequest,
  type VenueServer,
} from '@tapewire/testkit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { emulatedEndpoints } from '../src/exchanges/emulated-endpoints.js'
import { bringOwnPackages } from '../src/exchanges/own-packages.js'
import { type InvokeOptions, invoke, jsonLines, type Outcome } from './support/invoke.js'

const pairs = ['BTC/USDT', 'ETH/USDT'].map(parseInstrument)
let folder: string
const servers: VenueServer[] = []

bringOwnPackages()

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tapewire-record-'))
})

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
  await rm(folder, { recursive: true })
})

interface Recorded {
  readonly exchange: string
  readonly emulation: ExchangeEmulation
  readonly server: VenueServer
  /** Every request for a socket or over REST, and every message, that the venue saw. */
  readonly seen: { readonly requests: VenueRequest[]; readonly messages: string[] }
  readonly at: readonly string[]
}

async function emulated(exchange: string): Promise<Recorded> {
  const emulation = [...ofGateio, ...ofMexc].find((one) => one.exchange === exchange)
  if (emulation === undefined) throw new Error(`No emulation of ${exchange}.`)
  const seen: Recorded['seen'] = { requests: [], messages: [] }
  const watched = (venue: Venue): Venue => ({
    exchange: venue.exchange,
    accept: (client, request) => {
      seen.requests.push(request)
      const session = venue.accept(client, request)
      if ('status' in session) return session
      return {
        onMessage: (data, isBinary) => {
          seen.messages.push(data.toString())
          session.onMessage(data, isBinary)
        },
        onPing: () => session.onPing?.(),
        onClose: () => session.onClose(),
      }
    },
    handle: (request) => {
      seen.requests.push(request)
      return venue.handle(request)
    },
    close: () => venue.close(),
  })
  const server = await startVenueServer({
    venue: (context) => watched(emulation.createVenue(context)),
    pairs,
    intervalMs: 2,
  })
  servers.push(server)
  const { url, restUrl } = emulatedEndpoints(await resolveExchange(exchange), server)
  return { exchange, emulation, server, seen, at: ['--url', url, '--rest-url', restUrl] }
}

function record(
  { exchange, at }: Pick<Recorded, 'exchange' | 'at'>,
  argv: readonly string[],
  options: InvokeOptions = {},
): Promise<Outcome> {
  return invoke(['record', exchange, ...argv, ...at], options)
}

/** Records until the files are as they should be, then presses Ctrl-C. */
async function recordUntil(
  areEnough: (files: ReadonlyMap<string, string>) => boolean,
  scene: Recorded,
  argv: readonly string[],
  environment: Record<string, string> = {},
): Promise<Outcome> {
  const interrupt = new AbortController()
  const running = record(scene, argv, { signal: interrupt.signal, environment })
  await expect.poll(async () => areEnough(await filesIn(folder)), { timeout: 15_000, interval: 20 }).toBe(true)
  interrupt.abort()
  return running
}

async function filesIn(place: string): Promise<ReadonlyMap<string, string>> {
  const names = await readdir(place)
  const texts = await Promise.all(names.map((name) => readFile(join(place, name), 'utf8').catch(() => '')))
  return new Map(names.map((name, index) => [name, texts[index] ?? '']))
}

const hasLines = (text: string | undefined, count: number): boolean => (text ?? '').split('\n').length > count

interface Summary {
  readonly files: readonly { readonly path: string; readonly frames: number }[]
  readonly frames: number
  readonly dropped: number
}

test('a recording that was killed is replayed with the answers beside it, its files still called .part', async () => {
  const scene = await emulated('gateio_spot')
  const out = join(folder, 'session.jsonl')
  await recordUntil((written) => hasLines(written.get('session.jsonl.part'), 30), scene, ['BTC/USDT', '--out', out])
  for (const name of await readdir(folder)) await rename(join(folder, name), join(folder, `${name}.part`))
  const outcome = await invoke([
    'replay',
    `${out}.part`,
    '--exchange',
    'gateio_spot',
    '--speed',
    'max',
    '--books',
    '--json',
  ])
  expect([outcome.code, outcome.stderr]).toEqual([0, ''])
  expect(JSON.parse(outcome.stdout)).toMatchObject({ books: { 'BTC/USDT': { status: 'live' } } })
})

describe.each(['gateio_spot', 'mexc_spot'])('a recording of %s', (exchange) => {
  test('is replayed with its books whole, and decoded without an unknown frame', async () => {
    const scene = await emulated(exchange)
    const out = join(folder, 'session.jsonl')
    const recorded = await recordUntil(
      (written) =>
        hasLines(written.get('session.jsonl.part'), 40) && hasLines(written.get('session.rest.jsonl.part'), 2),
      scene,
      ['BTC/USDT', 'ETH/USDT', '--out', out, '--json'],
    )
    expect(recorded).toMatchObject({ code: 0 })
    const { files, frames, dropped } = JSON.parse(recorded.stdout) as Summary
    expect(files).toMatchObject([{ path: out, frames }])
    expect(dropped).toBe(0)
    const capture = await readCapture(out)
    expect(capture.frames).toHaveLength(frames)
    expect(new Set(capture.frames.map(({ dir }) => dir))).toEqual(new Set(['in', 'out']))
    expect(capture.responses.map(({ status }) => status)).toEqual([200, 200])

    const decoded = await invoke(['decode', out, '--exchange', exchange])
    const messages = jsonLines(decoded.stdout).flatMap((line) => (line as { messages: { type: number }[] }).messages)
    expect(messages.filter(({ type }) => type < 0)).toEqual([])
    const count = (wanted: number): number => messages.filter(({ type }) => type === wanted).length
    expect(count(2)).toBeGreaterThan(0)

    const replayed = await invoke(['replay', out, '--exchange', exchange, '--speed', 'max', '--books', '--json'])
    expect(JSON.parse(replayed.stdout)).toMatchObject({
      messages: { orderbook: count(1), trades: count(2) },
      unknown: 0,
      errors: 0,
      gaps: 0,
      books: { 'BTC/USDT': { status: 'live' }, 'ETH/USDT': { status: 'live' } },
    })
  })

  test('of an account holds none of its secrets', async () => {
    const scene = await emulated(exchange)
    const { apiKey, apiSecret } = scene.emulation.credentials ?? { apiKey: '', apiSecret: '' }
    const argv = ['BTC/USDT', '--channels', 'trades,orders,executions,balances', '--out', join(folder, 's.jsonl')]
    const outcome = await recordUntil(
      (written) => /#account-1.*#market-1|#market-1.*#account-1/s.test(written.get('s.jsonl.part') ?? ''),
      scene,
      argv,
      { TAPEWIRE_API_KEY: apiKey, TAPEWIRE_API_SECRET: apiSecret },
    )
    expect(outcome.code).toBe(0)
    const inUrls = scene.seen.requests.flatMap(({ url }) => [
      url.searchParams.get('listenKey'),
      url.searchParams.get('signature'),
    ])
    const inMessages = scene.seen.messages.flatMap((text) => {
      const { auth = {} } = JSON.parse(text) as { auth?: { KEY?: string; SIGN?: string } }
      return [auth.KEY, auth.SIGN]
    })
    const inHeaders = scene.seen.requests.map(({ headers }) => headers['x-mexc-apikey'])
    const secrets = new Set([apiKey, apiSecret, ...inUrls, ...inHeaders, ...inMessages].filter((secret) => !!secret))
    expect(secrets.size).toBeGreaterThan(2)
    const names = await readdir(folder)
    const files = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
    const words = [...files, outcome.stdout, outcome.stderr].join('\n')
    for (const secret of secrets) expect(words).not.toContain(secret)
    expect(words).toContain('REDACTED')
    const { frames } = await readCapture(join(folder, 's.jsonl'))
    expect(new Set(frames.map(({ url }) => url?.split('#')[1]))).toEqual(new Set(['market-1', 'account-1']))
  })

  test('in parts has each frame in exactly one, and each part is replayed by itself, books included', async () => {
    const scene = await emulated(exchange)
    const out = join(folder, 'tape.jsonl')
    const argv = ['BTC/USDT', '--channels', 'orderbook', '--out', out, '--rotate-size', '4KB']
    const outcome = await recordUntil((written) => written.has('tape.0004.jsonl'), scene, [...argv, '--json'])
    expect(outcome.code).toBe(0)
    const { files, frames } = JSON.parse(outcome.stdout) as Summary
    expect(files.length).toBeGreaterThan(3)
    expect(files[1]?.path).toBe(join(folder, 'tape.0002.jsonl'))
    expect(files.reduce((sum, file) => sum + file.frames, 0)).toBe(frames)
    const parts = await Promise.all(files.map(({ path }) => readCapture(path)))
    const times = parts.flatMap((part) => part.frames.map(({ t }) => t ?? 0))
    expect(times).toHaveLength(frames)
    expect(times).toEqual([...times].sort((left, right) => left - right))
    expect(parts.map(({ books }) => books.length)).toEqual([0, ...parts.slice(1).map(() => 1)])
    // What came last, once more as one recording: each update follows on the one before.
    const whole = join(folder, 'whole.jsonl')
    await writeFile(whole, (await Promise.all(files.map(({ path }) => readFile(path, 'utf8')))).join(''))
    const rest = join(folder, 'tape.0001.rest.jsonl')
    const replay = async (file: string, ...more: string[]) => {
      const { stdout } = await invoke([
        'replay',
        file,
        '--exchange',
        exchange,
        '--speed',
        'max',
        '--books',
        '--json',
        ...more,
      ])
      return JSON.parse(stdout) as { gaps: number; books: Record<string, unknown> }
    }
    const all = await replay(whole, '--rest', rest)
    expect(all).toMatchObject({ gaps: 0, books: { 'BTC/USDT': { status: 'live' } } })
    const last = await replay(files.at(-1)?.path ?? '')
    expect(last).toMatchObject({ gaps: 0, books: all.books })
  })
})

describe('record', () => {
  test('ends in order with Ctrl-C: whole gzip, exit code 0', async () => {
    const scene = await emulated('gateio_spot')
    const out = join(folder, 'session.jsonl.gz')
    const outcome = await recordUntil(
      (written) => written.has('session.jsonl.gz.part') && written.has('session.rest.jsonl.gz.part'),
      scene,
      ['BTC/USDT', '--out', out],
    )
    expect(outcome).toMatchObject({ code: 0, stdout: '' })
    expect((await readdir(folder)).sort()).toEqual(['session.jsonl.gz', 'session.rest.jsonl.gz'])
    const { frames } = await readCapture(out)
    expect(hasLines(gunzipSync(await readFile(out)).toString(), frames.length)).toBe(true)
    expect(outcome.stderr).toContain(`${out}: ${frames.length} frames, 1 REST answers, `)
  })

  test('says that a folder cannot be written to, and leaves nothing behind', async () => {
    const scene = await emulated('gateio_spot')
    const out = join(folder, 'nowhere', 'session.jsonl')
    expect(await record(scene, ['BTC/USDT', '--out', out])).toMatchObject({
      code: 1,
      stderr: `error[ERR_CAPTURE_UNWRITABLE]: ${out}: it cannot be written (ENOENT). — Check that the folder exists, may be written to, and has room.\n`,
    })
    expect(await readdir(folder)).toEqual([])
  })

  test('says that the disk is full, and where what was written is', async () => {
    const scene = await emulated('gateio_spot')
    const out = join(folder, 'session.jsonl')
    await symlink('/dev/full', join(folder, 'session.rest.jsonl.part'))
    const outcome = await record(scene, ['BTC/USDT', '--out', out])
    expect(outcome.code).toBe(1)
    expect(outcome.stderr).toContain('What could be written until then is in the files that end in .part.\n')
    expect(outcome.stderr).toMatch(
      /error\[ERR_CAPTURE_UNWRITABLE\]: .*session\.rest\.jsonl: it cannot be written \(ENOSPC\)/,
    )
    expect((await readdir(folder)).sort()).toEqual(['session.jsonl.part', 'session.rest.jsonl.part'])
  })

  test('overwrites nothing', async () => {
    const out = join(folder, 'session.jsonl')
    await writeFile(out, 'mine')
    expect(await record({ exchange: 'gateio_spot', at: [] }, ['BTC/USDT', '--out', out])).toMatchObject({
      code: 2,
      stderr: `error[ERR_USAGE]: ${out} is there already. — Name another file, or move that one away.\n`,
    })
    expect(await readFile(out, 'utf8')).toBe('mine')
  })

  test('leaves nothing behind where no connection can be made', async () => {
    const out = join(folder, 'session.jsonl')
    const outcome = await record({ exchange: 'gateio_spot', at: ['--url', 'ws://127.0.0.1:9/'] }, [
      'BTC/USDT',
      '--out',
      out,
    ])
    expect(outcome).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error\[ERR_CONNECTION_REFUSED\]/) })
    expect(await readdir(folder)).toEqual([])
  })

  test('leaves nothing behind where all of it is refused, so that it can be tried again', async () => {
    const scene = await emulated('gateio_spot')
    const argv = ['FOO/BAR', '--channels', 'trades', '--out', join(folder, 'session.jsonl')]
    for (const _attempt of [1, 2]) {
      expect(await record(scene, argv)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('error[ERR_SUBSCRIPTION_REJECTED]'),
      })
      expect(await readdir(folder)).toEqual([])
    }
  })

  test('wants the key of an account in the environment', async () => {
    const argv = ['--channels', 'orders', '--out', join(folder, 'x.jsonl')]
    expect(await record({ exchange: 'gateio_spot', at: [] }, argv)).toMatchObject({
      code: 2,
      stderr:
        'error[ERR_USAGE]: orders: channels of an account need its key. — Put it into the environment variables TAPEWIRE_API_KEY and TAPEWIRE_API_SECRET, where no list of processes shows it.\n',
    })
  })
})
