import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import {
  type Credentials,
  createPublicExchange,
  MessageType,
  parseInstrument,
  SubscriptionError,
  WebSocketManager,
  type WebSocketStrategySet,
} from '@tapewire/core'
import type { ExchangeDefinition } from '@tapewire/core/adapter'
import { frameOf } from '@tapewire/core/testing'
import { type ExchangeEmulation, runConformance, startVenueServer, type VenueServer } from '@tapewire/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { codeBlocks, type Document, readDocuments } from '../../../integration/src/documents.js'
import { programErrors } from '../../../integration/src/type-check.js'
import { invoke } from './support/invoke.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const pairs = [parseInstrument('BTC/USDT')]

/** What is typed for each variant. */
const variants = [
  { name: 'plainex', flags: [] },
  { name: 'protoex', flags: ['--protobuf'] },
  { name: 'accountex', flags: ['--private'] },
  { name: 'bothex', flags: ['--protobuf', '--private'] },
] as const

/** A session with an exchange that nobody knows, some of whose names would end a comment, a text or a declaration. */
const recorded = [
  { dir: 'out', text: '{"op":"subscribe","id":1,"args":["trades.BTC-USDT"],"apiKey":"hush"}' },
  { dir: 'in', text: '{"id":1,"code":0,"msg":"ok"}' },
  { dir: 'in', text: '{"topic":"trades.BTC-USDT","ts":1767225600123,"data":[{"p":"87500.1","v":2,"S":"buy"}]}' },
  { dir: 'in', text: '{"topic":"trades.ETH-USDT","ts":1767225600124,"data":[{"p":"3000","v":1.5,"S":"sell"}]}' },
  { dir: 'in', text: '{"topic":"books.BTC-USDT","ts":1767225600125,"data":{"bids":[["87500.0","1"]],"asks":[]}}' },
  {
    dir: 'in',
    text: '{"topic":"odd*/.`x`","it\'s":{"__proto__":1.5,"a\\nb":[7,"x"],"*/":true},"kind":{"kind":"x"}}',
  },
  { dir: 'in', b64: 'CAE=' },
  { dir: 'in', b64: 'AAA=' },
]

/** Checks that fail for what is left to write, and are about something else. */
const lookedAt = [
  'subscription.again',
  'heartbeat.half-open',
  'heartbeat.pings-as-promised',
  'parser.knows-every-frame',
  'parser.peek-names-the-stream',
  'payload',
  'book',
  'recovery.cut',
  'account',
  'lifecycle.handlers-that-fail',
  'lifecycle.close-while-frozen',
] as const

const closing: (() => Promise<void>)[] = []
const folder = mkdtempSync(join(tmpdir(), 'tapewire-generated-'))
for (const { name, flags } of variants) {
  const { code, stderr } = await invoke(['new-exchange', name, '--dir', join(folder, name), ...flags])
  if (code !== 0) throw new Error(stderr)
}

const capture = join(folder, 'session.jsonl')
writeFileSync(capture, recorded.map((frame) => `${JSON.stringify(frame)}\n`).join(''))
const drafted = await invoke(['new-exchange', 'draftex', '--dir', join(folder, 'draftex'), '--from', capture])

// A generated package tests itself with the runner of Node; here its tests are ours.
vi.doMock('node:test', () => ({ describe, it, before: beforeAll, after: afterAll }))
for (const { name } of variants) await import(sourceUrl(name, 'test/exchange.test.ts'))
await import(sourceUrl('draftex', 'test/drafts.test.ts'))
vi.doUnmock('node:test')

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('a generated adapter', () => {
  it('compiles by its own compiler options, in every variant', { timeout: 120_000 }, () => {
    const files = [...variants.map(({ name }) => name), 'draftex'].flatMap(sourcesIn)
    expect(programErrors(root, join(folder, 'plainex/tsconfig.json'), files)).toEqual([])
  })

  it.each(variants)('says of every push which file does not read it yet: $name', async ({ name }) => {
    const { definition, server } = await load(name)
    const channels = ['trades', 'orderbook', 'book_ticker', 'ticker', 'candles'] as const
    const unread = new Set<string>()
    const feed = await createPublicExchange({
      exchange: definition,
      symbols: ['BTC/USDT'],
      channels,
      options: { url: server.url },
      on: {
        message: (message) => {
          expect(message.type).toBe(MessageType.Unknown)
          if (message.type === MessageType.Unknown) unread.add(message.data.reason)
        },
      },
    })
    closing.push(() => feed.close())
    const parsers = ['book-ticker', 'candles', 'orderbook', 'ticker', 'trades']
    while (unread.size < parsers.length) {
      server.market.step()
      await setImmediate()
    }
    expect([...unread].map((reason) => reason.replace(/ does not read \w+ yet\.$/, '')).sort()).toEqual(
      parsers.map((parser) => `spot/parsers/${parser}.ts`),
    )
    await expect(feed.subscribe(['FOO/USDT'], ['trades'])).rejects.toBeInstanceOf(SubscriptionError)
    await feed.unsubscribe(['BTC/USDT'])
  })

  it.each(variants.filter(({ flags }) => flags.some((flag) => flag === '--private')))(
    'is refused by its account until it signs what the exchange wants signed: $name',
    async ({ name }) => {
      const { definition, emulation, server } = await load(name)
      const strategies = definition.private?.(emulation.credentials as Credentials, { url: server.url })
      const manager = new WebSocketManager({
        strategies: strategies as WebSocketStrategySet,
        onMessage: () => {},
        config: { maxReconnectAttempts: 0 },
      })
      closing.push(() => manager.close())
      await expect(manager.initialize({ symbols: [], channels: ['orders', 'balances'] })).rejects.toMatchObject({
        code: 'ERR_AUTHENTICATION_FAILED',
      })
    },
  )

  it.each(['plainex', 'bothex'])('conforms in what needs no knowledge of the exchange: %s', async (name) => {
    const { definition, emulation } = await load(name)
    const report = await runConformance({
      exchange: definition,
      venue: emulation,
      only: ['definition', 'options', 'plan', 'symbols.alike-never-mixed'],
    })
    expect(report.checks.filter(({ status }) => status === 'fail')).toEqual([])
    expect(report.passed).toBeGreaterThan(0)
  })

  it('fails the conformance run where something is left to write, and says where, whatever the check is about', async () => {
    const { definition, emulation } = await load('bothex')
    const { checks } = await runConformance({ exchange: definition, venue: emulation, only: lookedAt })
    const failed = checks.filter(({ status }) => status === 'fail')
    const files = failed.map(({ id, failure }) => `${id}: ${failure?.file}`)
    expect(files.filter((text) => !/: (?:account|parsers\/[a-z-]+)\.ts$/.test(text))).toEqual([])
    expect(new Set(failed.map(({ id }) => id.slice(0, id.indexOf('.'))))).toEqual(
      new Set(['subscription', 'heartbeat', 'parser', 'payload', 'book', 'account', 'lifecycle', 'recovery']),
    )
    const reasonOf = (id: string): string | null => checks.find((check) => check.id === id)?.reason ?? null
    expect(reasonOf('recovery.cut')).toMatch(/parsers\/orderbook\.ts is to read are UNKNOWN/)
    expect(reasonOf('account.cut')).toMatch(/the login is refused/)
    // An account that does not begin keeps nobody from the market.
    expect(reasonOf('payload.every-channel-is-told')).toMatch(/nothing was told on orderbook/)
  })

  it('takes frames that begin in no known way neither for data nor for control', async () => {
    const { definition } = await load('plainex')
    const { messageParser } = definition.public()
    expect(messageParser.peek(frameOf('{"op":"pong","time":1767225600123}'))).toBe('control')
    expect(messageParser.peek(frameOf('{ "stream":"trades:BTC_USDT"}'))).toBeNull()
  })
})

describe('a package that is drafted from a recording', () => {
  it('has a declaration of each kind of data, samples of every kind, and a report', () => {
    expect(drafted).toEqual({
      code: 0,
      stdout: expect.stringContaining(
        'drafted: 3 kinds of data, 2 of control, 1 frames not read; DRAFT.md says how sure it is',
      ),
      stderr: '',
    })
    const place = join(folder, 'draftex')
    expect(readdirSync(join(place, 'src/spot/drafts')).sort()).toEqual(['books.ts', 'odd-x.ts', 'trades.ts'])
    expect(readdirSync(join(place, 'fixtures')).sort()).toEqual(
      ['answer', 'books', 'odd-x', 'subscribe', 'trades'].map((kind) => `${kind}.jsonl`),
    )
    expect(readFileSync(join(place, 'fixtures/subscribe.jsonl'), 'utf8')).toBe(
      '{"dir":"out","text":"{\\"op\\":\\"subscribe\\",\\"id\\":1,\\"args\\":[\\"trades.BTC-USDT\\"],\\"apiKey\\":\\"REDACTED\\"}"}\n',
    )
  })

  it('writes declarations as an author does, and what is doubtful above each field', () => {
    expect(readFileSync(join(folder, 'draftex/src/spot/drafts/trades.ts'), 'utf8')).toMatchInlineSnapshot(`
      "import { arrayOf, choice, decimal, decimalNumber, integer, type JsonDeclaration, text } from '@tapewire/core/adapter'

      /**
       * A draft, made of 2 recorded frames whose \`topic\` is \`trades.*\`.
       * Samples: \`fixtures/trades.jsonl\`.
       */
      export const declaration: JsonDeclaration = {
        // Looks like a symbol. It holds more than the market.
        topic: text,
        // Looks like a time in ms.
        ts: integer,
        data: arrayOf({
          // Looks like a price. Its name is but a letter.
          p: decimal,
          // Looks like a size. Its name is but a letter.
          v: decimalNumber,
          // Looks like a side.
          S: choice('buy', 'sell'),
        }),
      }
      "
    `)
  })

  it('says in the report how sure each guess is', () => {
    expect(readFileSync(join(folder, 'draftex/DRAFT.md'), 'utf8')).toMatchInlineSnapshot(`
      "# What the recording tells of draftex_spot

      Drafted from \`session.jsonl\`. All of it is guessed from recorded frames, and every guess says how often it was seen and what speaks against it. Compare it with the documentation of the exchange before it goes into a parser; then delete this file, \`src/spot/drafts.ts\` and its folder.

      ## How markets are spelled

      | form | seen | for example |
      | --- | --- | --- |
      | \`BASE-QUOTE\` | 4 | \`BTC-USDT\`, \`ETH-USDT\` |

      ## What is no data

      | kind | is taken for | because | frames | samples |
      | --- | --- | --- | --- | --- |
      | \`answer\` | answer | it carries the id of a request. It was seen once: what may be absent, null or otherwise cannot be told. No field says what it is: it is told apart by the names of its fields. | 1 | \`fixtures/answer.jsonl\` |
      | \`subscribe\` | request | it was sent. It was seen once: what may be absent, null or otherwise cannot be told. | 1 | \`fixtures/subscribe.jsonl\` |

      ## What was not read

      | frames | why |
      | --- | --- |
      | 1 | binary, and no protobuf message |

      ## Protobuf, by field numbers

      These frames read as protobuf messages. Their bytes have neither names nor types, so that nothing was declared: take both from the \`.proto\` file of the exchange, and hold them to this.

      ### Fields 1

      Frames: 1.

      | field | declared as | looks like | seen | doubtful because |
      | --- | --- | --- | --- | --- |
      | \`1\` | \`protoInteger(1)\` |  | 1 |  |

      ## Data

      Taken for data because nothing says that they answer a request.

      ### trades

      \`topic\` is \`trades.*\`. Frames: 2. Samples: \`fixtures/trades.jsonl\`.

      \`\`\`json
      {"topic":"trades.BTC-USDT","ts":1767225600123,"data":[{"p":"87500.1","v":2,"S":"buy"}]}
      \`\`\`

      | field | declared as | looks like | seen | doubtful because |
      | --- | --- | --- | --- | --- |
      | \`topic\` | \`text\` | symbol | 2 | It holds more than the market. |
      | \`ts\` | \`integer\` | time, ms | 2 |  |
      | \`data\` | \`arrayOf({…})\` |  | 2 |  |
      | \`data[].p\` | \`decimal\` | price | 2 | Its name is but a letter. |
      | \`data[].v\` | \`decimalNumber\` | size | 2 | Its name is but a letter. |
      | \`data[].S\` | \`choice('buy', 'sell')\` | side | 2 |  |

      ### books

      \`topic\` is \`books.*\`. Frames: 1. Samples: \`fixtures/books.jsonl\`. It was seen once: what may be absent, null or otherwise cannot be told.

      \`\`\`json
      {"topic":"books.BTC-USDT","ts":1767225600125,"data":{"bids":[["87500.0","1"]],"asks":[]}}
      \`\`\`

      | field | declared as | looks like | seen | doubtful because |
      | --- | --- | --- | --- | --- |
      | \`topic\` | \`text\` | symbol | 1 | It holds more than the market. |
      | \`ts\` | \`integer\` | time, ms | 1 |  |
      | \`data\` | \`{…}\` |  | 1 |  |
      | \`data.bids\` | \`priceLevels\` |  | 1 |  |
      | \`data.asks\` | \`priceLevels\` |  | 1 | It was empty each time: only its name says that it holds levels. |

      ### odd-x

      \`topic\` is \`odd*/. x \`. Frames: 1. Samples: \`fixtures/odd-x.jsonl\`. It was seen once: what may be absent, null or otherwise cannot be told.

      \`\`\`json
      {"topic":"odd*/.\`x\`","it's":{"__proto__":1.5,"a\\nb":[7,"x"],"*/":true},"kind":{"kind":"x"}}
      \`\`\`

      | field | declared as | looks like | seen | doubtful because |
      | --- | --- | --- | --- | --- |
      | \`topic\` | \`text\` |  | 1 |  |
      | \`it's\` | \`{…}\` |  | 1 |  |
      | \`it's.__proto__\` | \`decimalNumber\` |  | 1 |  |
      | \`it's.a b\` | \`tuple({…})\` |  | 1 |  |
      | \`it's.a b.0\` | \`integer\` |  | 1 | It was seen once, and was whole. |
      | \`it's.a b.1\` | \`text\` |  | 1 |  |
      | \`it's.*/\` | \`flag\` |  | 1 |  |
      | \`kind\` | \`{…}\` |  | 1 |  |
      | \`kind.kind\` | \`text\` |  | 1 |  |

      ## Control, field by field

      What was sent, and what answers it. \`src/spot/requests.ts\` and \`src/spot/parsers/control.ts\` are where it is written and read; no file was drafted of it.

      ### answer

      Frames: 1. Samples: \`fixtures/answer.jsonl\`. It was seen once: what may be absent, null or otherwise cannot be told. No field says what it is: it is told apart by the names of its fields.

      \`\`\`json
      {"id":1,"code":0,"msg":"ok"}
      \`\`\`

      | field | declared as | looks like | seen | doubtful because |
      | --- | --- | --- | --- | --- |
      | \`id\` | \`id\` | id | 1 |  |
      | \`code\` | \`integer\` |  | 1 | It was seen once, and was whole. |
      | \`msg\` | \`text\` |  | 1 |  |

      ### subscribe

      \`op\` is \`subscribe\`. Frames: 1. Samples: \`fixtures/subscribe.jsonl\`. It was seen once: what may be absent, null or otherwise cannot be told.

      \`\`\`json
      {"op":"subscribe","id":1,"args":["trades.BTC-USDT"],"apiKey":"REDACTED"}
      \`\`\`

      | field | declared as | looks like | seen | doubtful because |
      | --- | --- | --- | --- | --- |
      | \`op\` | \`constant('subscribe')\` |  | 1 |  |
      | \`id\` | \`id\` | id | 1 |  |
      | \`args\` | left out |  | 1 | A list of plain values has no word: read it where it is needed. |
      | \`apiKey\` | \`text\` |  | 1 |  |
      "
    `)
  })
})

describe('the guide', () => {
  const guide = readDocuments(root).find(({ path }) => path === 'docs/writing-an-adapter.md') as Document
  const text = guide.text.slice(guide.text.indexOf('\n## Start\n'), guide.text.indexOf('\n## The files\n'))
  const commands = codeBlocks({ ...guide, text }).flatMap(({ code }) => code.split('\n'))

  it('begins with commands that do what it says', async () => {
    expect(commands).toEqual([
      'npx tapewire new-exchange acme',
      'cd tapewire-exchange-acme',
      'npm install',
      'npm test',
      'npx tapewire new-exchange acme --from session.jsonl',
    ])
    // What npm would do is done above: compiled, run and checked, against the packages of the workspace.
    for (const command of commands.filter((line) => line.startsWith('npx tapewire '))) {
      const place = mkdtempSync(join(folder, 'guide-'))
      writeFileSync(join(place, 'session.jsonl'), readFileSync(capture))
      vi.spyOn(process, 'cwd').mockReturnValue(place)
      const words = command.split(' ').slice(2)
      const { code, stderr } = await invoke(words.map((word) => (word === 'session.jsonl' ? join(place, word) : word)))
      vi.restoreAllMocks()
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(readdirSync(place)).toContain('tapewire-exchange-acme')
      const files = readdirSync(join(place, 'tapewire-exchange-acme'))
      expect(files.includes('DRAFT.md')).toBe(command.includes('--from'))
    }
  })

  it('says of what is left to write what it says of itself', () => {
    expect(text).toContain('`spot/parsers/trades.ts does not read trades yet.`')
    const { scripts } = JSON.parse(readFileSync(join(folder, 'plainex/package.json'), 'utf8')) as { scripts: object }
    expect(scripts).toEqual({ build: 'tsc', test: 'tsc && node --test dist/test/*.test.js' })
  })
})

interface Loaded {
  readonly definition: ExchangeDefinition
  readonly emulation: ExchangeEmulation
  readonly server: VenueServer
}

/** The exchange of a generated package, and its emulation as a server. */
async function load(name: string): Promise<Loaded> {
  const { exchanges } = (await import(sourceUrl(name, 'index.ts'))) as { exchanges: [ExchangeDefinition] }
  const { emulations } = (await import(sourceUrl(name, 'testing/index.ts'))) as { emulations: [ExchangeEmulation] }
  const [[definition], [emulation]] = [exchanges, emulations]
  const server = await startVenueServer({ venue: emulation.createVenue, pairs })
  closing.push(() => server.close())
  return { definition, emulation, server }
}

function sourceUrl(name: string, file: string): string {
  return pathToFileURL(join(folder, name, 'src', file)).href
}

function sourcesIn(name: string): readonly string[] {
  const place = join(folder, name, 'src')
  return readdirSync(place, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(place, path))
}
