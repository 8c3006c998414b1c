import type { FeedEvents, FrameEvent } from '@tapewire/core'
import { afterEach, describe, expect, it } from 'vitest'
import { exchanges } from '../src/scene/exchanges.js'
import type { FeedRecord, LogLine } from '../src/scene/feed-record.js'
import { btc, closeScenes, Scene } from '../src/scene/scene.js'
import { secretsSeen } from '../src/scene/secrets.js'

afterEach(closeScenes)

const linesOf = ({ log }: FeedRecord): readonly LogLine[] => log.map((line) => JSON.parse(line) as LogLine)

/** Of the events that these scenes bring: those about one connection, one attempt, one stream. */
const aboutConnections = /^(connect|reconnect|recovered|breaker|take-over|streams-postponed|frame$)/
const aboutAttempts = /^(connected|reconnecting|reconnect-failed|recovered|breaker-open)$/
const aboutStreams = /^(stream-|gap$|backfill-failed$)/

describe.each(exchanges)('the log of a feed of $title', (exchange) => {
  const isExpected: Readonly<Record<string, (line: LogLine) => boolean>> = {
    exchange: (line) => line.exchange === exchange.definition.name,
    connection: ({ event, connectionId }) =>
      !aboutConnections.test(event) || connectionId?.startsWith(`${exchange.definition.name}#`) === true,
    attempt: ({ event, attempt }) => !aboutAttempts.test(event) || typeof attempt === 'number',
    stream: ({ event, stream }) => !aboutStreams.test(event) || typeof stream === 'string',
    error: ({ code, err }) => code === undefined || (err?.code === code && err.stack.includes('\n    at ')),
  }

  it.each(['public', 'private'] as const)(
    'names exchange, connection, attempt and stream, and has each error with its stack: %s',
    async (kind) => {
      const scene = await Scene.open(exchange)
      const { feed, record } =
        kind === 'private'
          ? await scene.privateFeed()
          : await scene.publicFeed({ symbols: [btc], channels: ['orderbook', 'trades'] })
      scene.server.faults.refuseConnections(503)
      scene.server.faults.terminateAll()
      await scene.live(() => record.logged('reconnect-failed').length === 2)
      scene.server.faults.acceptConnections()
      await scene.live(() => record.logged('recovered').length === 1)
      await feed.close()
      const lines = linesOf(record)
      for (const [what, isSaid] of Object.entries(isExpected)) {
        expect({ what, notSaid: lines.filter((line) => !isSaid(line)) }).toEqual({ what, notSaid: [] })
      }
      expect(record.logged('recovered')).toMatchObject([{ attempt: 3 }])
      expect(new Set(lines.map(({ event }) => event))).toContain('connection-lost')
      expect(lines.at(-1)).toMatchObject({ event: 'closed' })
    },
  )

  it('has the cause of an error in its stack: of one that could not connect, what the machine said', async () => {
    const scene = await Scene.open(exchange)
    const { record } = await scene.publicFeed({ symbols: [btc], channels: ['trades'] })
    await scene.server.close()
    await scene.until(() => record.logged('reconnect-failed').length > 0)
    const [line] = record.logged('reconnect-failed')
    expect(line).toMatchObject({ code: 'ERR_CONNECTION_REFUSED', err: { type: 'StreamError' } })
    expect(line?.err?.stack).toMatch(/caused by: .*ECONNREFUSED/)
  })

  it('names the connection on which a handler of messages failed, and shows what it threw', async () => {
    const scene = await Scene.open(exchange)
    const { record } = await scene.publicFeed({
      symbols: [btc],
      channels: ['trades'],
      on: {
        message: () => {
          throw new Error('my own mistake')
        },
      },
    })
    await scene.live(() => record.logged('error').length > 0)
    const [line] = record.logged('error')
    expect(line).toMatchObject({ code: 'ERR_HANDLER_FAILED', connectionId: `${exchange.definition.name}#1` })
    expect(line?.err?.stack).toContain('caused by: Error: my own mistake\n    at ')
  })
})

describe.each(exchanges)('at trace the log of a feed of $title', (exchange) => {
  const shownData = ({ data }: FrameEvent): string =>
    typeof data === 'string' ? data : Buffer.from(data).toString('base64')

  it('has each message in and out, and each REST answer, as a feed shows them', async () => {
    const scene = await Scene.open(exchange)
    const record = scene.record('trace')
    const frames: FrameEvent[] = []
    const responses: FeedEvents['response'][] = []
    const on = {
      ...record.listeners,
      frame: (frame: FrameEvent) => void frames.push(frame),
      response: (response: FeedEvents['response']) => void responses.push(response),
    }
    const { feed } = await scene.publicFeed({ symbols: [btc], channels: ['orderbook', 'trades'], on }, record)
    await scene.live(() => feed.orderBook(btc)?.isLive === true && record.messages.length > 20)
    expect(record.logged('frame')).toMatchObject(
      frames.map((frame) => ({
        level: 10,
        connectionId: frame.connectionId,
        socket: frame.socket,
        direction: frame.direction,
        isBinary: typeof frame.data !== 'string',
        data: shownData(frame),
      })),
    )
    expect(new Set(frames.map(({ direction }) => direction))).toEqual(new Set(['in', 'out']))
    expect(record.logged('response')).toMatchObject(
      responses.map(({ url, status, body }) => ({ level: 10, url, status, body })),
    )
    expect(responses.length).toBeGreaterThan(0)
  })

  it('holds no secret of an account, while it is cut, restored and closed', async () => {
    const scene = await Scene.open(exchange)
    const record = scene.record('trace')
    const { feed } = await scene.privateFeed({}, record)
    await scene.live(() => record.messages.length > 0)
    scene.server.faults.terminateAll()
    await scene.live(() => record.logged('recovered').length === 1)
    scene.clock.advance(60_000)
    await feed.close()
    const shown = record.logged('frame').map((line) => Buffer.from((line as { data?: string }).data ?? '', 'base64'))
    const log = `${record.log.join('')}${Buffer.concat(shown).toString('latin1')}`
    const secrets = secretsSeen(scene)
    expect(secrets.length).toBeGreaterThan(1)
    expect(record.logged('frame').length).toBeGreaterThan(2)
    expect(log).toContain('REDACTED')
    for (const secret of secrets) expect(log).not.toContain(secret)
  })
})
