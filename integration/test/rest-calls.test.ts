import { once } from 'node:events'
import { Agent, type ClientRequest, createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Log, parseInstrument, StreamError } from '@tapewire/core'
import { createEnv, type EnvParts, type SnapshotSource, type StrategyEnv } from '@tapewire/core/adapter'
import { ManualClock } from '@tapewire/core/testing'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { mexcSpot } from '@tapewire/exchange-mexc'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

interface Answer {
  readonly status: number
  readonly body: string
  readonly headers?: Record<string, string>
}

/** How a call came out, as far as it is told. */
type Outcome = Pick<StreamError, 'code'> & Partial<Pick<StreamError, 'retryAfterMs'>>

/** One REST call of an adapter. */
interface RestCall {
  readonly title: string
  /** Method and path. */
  readonly request: string
  /** An answer with an error code of the exchange's own, that of a key it does not accept here. */
  readonly refused: readonly string[]
  /** Makes the call, and resolves with what is told of its failure. */
  fails(bench: Bench): Promise<Outcome>
  /** Whether whoever makes the call can end it. */
  readonly isAbortable: boolean
}

const btc = parseInstrument('BTC/USDT')
const credentials = { apiKey: 'some-key-0001', apiSecret: 'some-secret-0001' }
const listenKey = 'aaaabbbbccccddddeeeeffff00001111'
const hanging = Symbol('hanging')
/** What an upkeep may ask for, of which nobody takes note. */
const unasked = [() => {}, () => {}] as const

/** A server that answers one request as told and every other well, and what an adapter is called with. */
class Bench {
  readonly clock = new ManualClock()
  readonly logged: { readonly event?: unknown; readonly code?: unknown }[] = []
  readonly reported: StreamError[] = []
  readonly requests: string[] = []
  answers: (request: string) => Answer | typeof hanging | null = () => null
  readonly #waiting = new Set<() => void>()
  readonly #http = createServer((request, response) => this.#serve(request, response))

  async start(): Promise<void> {
    this.#http.listen(0, '127.0.0.1')
    await once(this.#http, 'listening')
  }

  async close(): Promise<void> {
    this.#http.closeAllConnections()
    await new Promise((resolve) => this.#http.close(resolve))
  }

  get options(): { readonly url: string; readonly restUrl: string } {
    const address = `127.0.0.1:${(this.#http.address() as AddressInfo).port}`
    return { url: `ws://${address}/`, restUrl: `http://${address}` }
  }

  env(parts: EnvParts = {}): StrategyEnv {
    const write = (fields: object): void => this.#note(() => this.logged.push(fields))
    const log: Log = { trace: write, debug: write, info: write, warn: write, error: write, child: () => log }
    const report = (error: StreamError): void => this.#note(() => this.reported.push(error))
    return createEnv({ clock: this.clock, log, report, ...parts })
  }

  /** Resolves with what `find` finds, asked anew whenever something is served, logged or reported. */
  async until<Found>(find: () => Found | undefined): Promise<Found> {
    for (;;) {
      const found = find()
      if (found !== undefined) return found
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }

  logOf(event: string): Promise<Outcome> {
    return this.until(() => this.logged.find((fields) => fields.event === event) as Outcome | undefined)
  }

  #note(what: () => unknown): void {
    what()
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }

  #serve({ method, url = '' }: IncomingMessage, response: ServerResponse): void {
    const request = `${method} ${url.split('?')[0]}`
    const answer = this.answers(request) ?? { status: 200, body: JSON.stringify(this.#goodAnswer(request)) }
    this.#note(() => this.requests.push(request))
    if (answer !== hanging) response.writeHead(answer.status, answer.headers ?? {}).end(answer.body)
  }

  #goodAnswer(request: string): object {
    if (request.endsWith('/userDataStream')) return { listenKey }
    if (request.endsWith('/currency_pairs')) return []
    return {
      ...{ id: 1, lastUpdateId: 1, asks: [], bids: [] },
      ...{ serverTime: this.clock.wallTime(), server_time: this.clock.wallTime(), symbols: [] },
    }
  }
}

let bench: Bench
let envParts: EnvParts

beforeEach(async () => {
  bench = new Bench()
  envParts = {}
  await bench.start()
})

afterEach(() => bench.close())

function failureOf(call: Promise<unknown> | undefined): Promise<StreamError> {
  return Promise.resolve(call).then(
    () => Promise.reject(new Error('It did not fail.')),
    (thrown) => thrown,
  )
}

const mexcRefused = [
  '{"code":700006,"msg":"IP not in the whitelist"}',
  '{"code":"700006","msg":"IP not in the whitelist"}',
]
const gateioRefused = ['{"label":"INVALID_KEY","message":"Invalid key provided"}']
const privateOf = (definition: typeof mexcSpot | typeof gateioSpot) =>
  definition.private(credentials, bench.options).connectionStrategy

const calls: readonly RestCall[] = [
  {
    title: 'Gate.io: a book',
    request: 'GET /spot/order_book',
    refused: gateioRefused,
    isAbortable: true,
    fails: () =>
      failureOf((gateioSpot.public(bench.options).bookRules as SnapshotSource).fetchSnapshot(btc, bench.env(envParts))),
  },
  {
    title: 'Gate.io: the time',
    request: 'GET /spot/time',
    refused: gateioRefused,
    isAbortable: true,
    async fails() {
      const asked = privateOf(gateioSpot).context(bench.env(envParts))
      // Only the signal makes an attempt fail; without the time it goes on with what it knows.
      return Promise.race([bench.logOf('server-time-unknown'), failureOf(asked.then(() => new Promise(() => {})))])
    },
  },
  {
    title: 'Gate.io: the instruments',
    request: 'GET /spot/currency_pairs',
    refused: gateioRefused,
    isAbortable: true,
    fails: () => failureOf(gateioSpot.listInstruments(bench.options, bench.env(envParts))),
  },
  {
    title: 'Gate.io: the latest executions of an account',
    request: 'GET /spot/my_trades',
    refused: gateioRefused,
    isAbortable: true,
    fails: () => failureOf(privateOf(gateioSpot).accountLook?.latestExecutions(bench.env(envParts))),
  },
  {
    title: 'MEXC: a book',
    request: 'GET /api/v3/depth',
    refused: mexcRefused,
    isAbortable: true,
    fails: () =>
      failureOf((mexcSpot.public(bench.options).bookRules as SnapshotSource).fetchSnapshot(btc, bench.env(envParts))),
  },
  {
    title: 'MEXC: the time',
    request: 'GET /api/v3/time',
    refused: mexcRefused,
    isAbortable: true,
    async fails() {
      const { answers } = bench
      bench.answers = (request) =>
        request.startsWith('POST') ? { status: 400, body: '{"code":"700003"}' } : answers(request)
      const error = await failureOf(privateOf(mexcSpot).context(bench.env(envParts)))
      if (!(error instanceof StreamError)) return error
      expect(error.code).toBe('ERR_CLOCK_SKEW')
      return error.cause as StreamError
    },
  },
  {
    title: 'MEXC: the instruments',
    request: 'GET /api/v3/exchangeInfo',
    refused: mexcRefused,
    isAbortable: true,
    fails: () => failureOf(mexcSpot.listInstruments(bench.options, bench.env(envParts))),
  },
  {
    title: 'MEXC: a listen key',
    request: 'POST /api/v3/userDataStream',
    refused: mexcRefused,
    isAbortable: true,
    fails: () => failureOf(privateOf(mexcSpot).context(bench.env(envParts))),
  },
  {
    title: 'MEXC: the renewal of a listen key',
    request: 'PUT /api/v3/userDataStream',
    refused: mexcRefused,
    isAbortable: false,
    async fails() {
      const connection = privateOf(mexcSpot)
      const context = await connection.context(bench.env(envParts))
      const end = connection.maintain?.(context, bench.env(envParts), ...unasked)
      bench.clock.advance(60_000)
      const told = await bench.until(() => bench.reported[0])
      end?.()
      return told.cause as StreamError
    },
  },
  {
    title: 'MEXC: a listen key given back',
    request: 'DELETE /api/v3/userDataStream',
    refused: mexcRefused,
    isAbortable: false,
    async fails() {
      const connection = privateOf(mexcSpot)
      const context = await connection.context(bench.env(envParts))
      connection.maintain?.(context, bench.env(envParts), ...unasked)()
      void connection.release?.(bench.env(envParts))
      return bench.logOf('listen-key-not-given-back')
    },
  },
]

const page = '<html><body>Access Denied</body></html>'
const answers: readonly (readonly [string, Answer | ((clock: ManualClock) => Answer), Outcome])[] = [
  [
    '429 and how many seconds to wait',
    { status: 429, body: '{}', headers: { 'Retry-After': '7' } },
    { code: 'ERR_RATE_LIMITED', retryAfterMs: 7_000 },
  ],
  [
    '429 and until when to wait',
    (clock) => ({
      status: 429,
      body: '{}',
      headers: { 'Retry-After': new Date(clock.wallTime() + 7_000).toUTCString() },
    }),
    { code: 'ERR_RATE_LIMITED', retryAfterMs: 7_000 },
  ],
  [
    '429 and a wait that cannot be read',
    { status: 429, body: '{}', headers: { 'Retry-After': 'soon' } },
    { code: 'ERR_RATE_LIMITED', retryAfterMs: null },
  ],
  ['the page of a firewall', { status: 403, body: page }, { code: 'ERR_RATE_LIMITED' }],
  ['418', { status: 418, body: '{}' }, { code: 'ERR_RATE_LIMITED' }],
  ['500', { status: 500, body: '{}' }, { code: 'ERR_REST_FAILED' }],
  [
    '503 and how long to wait',
    { status: 503, body: '{}', headers: { 'Retry-After': '7' } },
    { code: 'ERR_REST_FAILED', retryAfterMs: 7_000 },
  ],
  ['no JSON', { status: 200, body: 'maintenance' }, { code: 'ERR_REST_FAILED' }],
  ['nothing', { status: 200, body: '' }, { code: 'ERR_REST_FAILED' }],
]

describe.each(calls)('$title', (call) => {
  function answering(answer: Answer | typeof hanging): void {
    bench.answers = (request) => (request === call.request ? answer : null)
  }

  /** A log has the code alone. */
  function expectOutcome(outcome: Outcome, expected: Outcome): void {
    expect(outcome).toMatchObject(outcome instanceof StreamError ? expected : { code: expected.code })
  }

  it.each(answers)('that is answered with %s fails as every other', async (_what, answer, expected) => {
    // The date must be right when it is read: a renewal is due a minute later.
    answering(
      typeof answer === 'function' ? answer(call.request.startsWith('PUT') ? later(bench.clock) : bench.clock) : answer,
    )
    expectOutcome(await call.fails(bench), expected)
  })

  it.each([400, 200])(
    'fails with the meaning of the exchange’s own code, number or text, at status %i',
    async (status) => {
      for (const body of call.refused) {
        answering({ status, body })
        expectOutcome(await call.fails(bench), { code: 'ERR_AUTHENTICATION_FAILED' })
        await bench.close()
        bench = new Bench()
        await bench.start()
      }
    },
  )

  it('reads no more of an answer than maxPayloadBytes', async () => {
    envParts = { socket: { maxPayloadBytes: 500 } }
    answering({ status: 200, body: JSON.stringify({ padding: 'x'.repeat(500) }) })
    expectOutcome(await call.fails(bench), { code: 'ERR_REST_FAILED' })
  })

  it('does not wait for an answer for ever', async () => {
    answering(hanging)
    const outcome = call.fails(bench)
    await bench.until(() => (bench.requests.includes(call.request) ? true : undefined))
    bench.clock.advance(10_000)
    expectOutcome(await outcome, { code: 'ERR_CONNECTION_TIMEOUT' })
  })

  it('goes through the user’s agent', async () => {
    const agent = new CountingAgent()
    envParts = { socket: { agent } }
    answering({ status: 500, body: '{}' })
    await call.fails(bench)
    expect(agent.asked).toContain(call.request)
    expect(agent.asked).toEqual(bench.requests)
  })
})

describe.each(calls.filter(({ isAbortable }) => isAbortable))('$title', (call) => {
  it('ends with the signal of whoever makes it', async () => {
    const life = new AbortController()
    envParts = { signal: life.signal }
    bench.answers = (request) => (request === call.request ? hanging : null)
    const outcome = call.fails(bench)
    await bench.until(() => (bench.requests.includes(call.request) ? true : undefined))
    const reason = new Error('enough')
    life.abort(reason)
    expect(await outcome).toBe(reason)
    // The request for a listen key outlives who made it by as much, so that the key can be given back.
    bench.clock.advance(3_000)
    while (bench.clock.pendingTimers > 0) await new Promise((resolve) => setImmediate(resolve))
  })
})

class CountingAgent extends Agent {
  readonly asked: string[] = []

  /** What Node calls for each request that is to go through an agent. */
  addRequest(request: ClientRequest, ...rest: readonly unknown[]): void {
    this.asked.push(`${request.method} ${request.path.split('?')[0]}`)
    const { addRequest } = Agent.prototype as unknown as { addRequest(...all: readonly unknown[]): void }
    addRequest.call(this, request, ...rest)
  }
}

function later(clock: ManualClock): ManualClock {
  return new ManualClock(clock.wallTime() + 60_000)
}
