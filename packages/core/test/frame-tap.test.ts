import { afterEach, describe, expect, test } from 'vitest'
import { createPublicExchange, type ExchangeFeed, type FrameEvent } from '../src/index.js'
import { acmeSpot } from './support/acme-exchange.js'
import { streamOf, useAcme } from './support/manager-bench.js'
import { Waiting } from './support/waiting.js'

const acme = useAcme()
const feeds: ExchangeFeed[] = []

afterEach(() => Promise.all(feeds.splice(0).map((feed) => feed.close())))

const textOf = ({ direction, data }: FrameEvent): string => `${direction} ${data}`

describe.each(['walker', 'ws'] as const)('frames of a manager over %s', (transport) => {
  test('are shown in both directions, each connection’s under its name, pings of the exchange’s own too', async () => {
    const shown: FrameEvent[] = []
    const bench = acme.build({
      acme: { socket: { transport }, limits: { streamsPerConnection: 1 } },
      onFrame: (frame) => void shown.push(frame),
    })
    await bench.start('A', 'B')
    acme.venue.push(streamOf('B'), 7)
    await bench.until(() => bench.values.length === 1)
    bench.clock.advance(10_000)
    const first = shown.filter(({ connectionId }) => connectionId === 'acme_spot#1')
    expect(first.map(textOf)).toEqual([
      expect.stringMatching(/^out \{"op":"subscribe","id":\d,"streams":\["book_ticker:A-USDT"\]\}$/),
      expect.stringMatching(/^in \{"ack":"subscribe"/),
      'out {"op":"ping","id":0,"streams":[]}',
    ])
    const pushed = shown.find((frame) => textOf(frame).startsWith('in {"stream"'))
    expect(pushed).toMatchObject({ exchange: 'acme_spot', connectionId: 'acme_spot#2', time: expect.any(Number) })
  })

  test('are shown from the moment they are asked for, on connections that are up and those that come, until no more', async () => {
    const bench = acme.build({ acme: { socket: { transport } } })
    await bench.start('A')
    const shown: string[] = []
    const stop = bench.manager.tapFrames((frame) => void shown.push(textOf(frame)))
    acme.venue.push(streamOf('A'), 1)
    await bench.until(() => bench.values.length === 1)
    acme.venue.clients[0]?.socket.terminate()
    await bench.until(() => bench.states.at(-1) === 'connected' && acme.venue.clients.length === 2)
    await acme.venue.until(() => acme.venue.clients[1]?.streams.size === 1)
    acme.venue.push(streamOf('A'), 2)
    await bench.until(() => bench.values.length === 2)
    stop()
    acme.venue.push(streamOf('A'), 3)
    await bench.until(() => bench.values.length === 3)
    expect(shown.filter((text) => text.startsWith('in {"stream"'))).toHaveLength(2)
    expect(shown.filter((text) => text.startsWith('out {"op":"subscribe"'))).toHaveLength(1)
  })

  test('are shown with those of a login, and without what is secret of it', async () => {
    const shown: string[] = []
    const bench = acme.build({
      acme: {
        socket: { transport },
        context: { authRequired: true, authParams: { key: 'key-of-the-account' } },
        connection: {
          authenticate: async ({ context, request, nextRequestId }) => {
            await request(JSON.stringify({ op: 'echo', id: nextRequestId(), streams: [], ...context.authParams }))
          },
        },
      },
      onFrame: (frame) => void shown.push(textOf(frame)),
    })
    await bench.start('A').catch(() => {})
    expect(shown[0]).toBe('out {"op":"echo","id":1,"streams":[],"key":"REDACTED"}')
    expect(shown.join()).not.toContain('key-of-the-account')
  })

  test('go on though a listener throws or rejects', async () => {
    const bench = acme.build({
      acme: { socket: { transport } },
      onFrame: () => {
        throw new Error('no')
      },
    })
    bench.manager.tapFrames(async () => {
      throw new Error('never')
    })
    await bench.start('A')
    acme.venue.push(streamOf('A'), 1)
    await bench.until(() => bench.values.length === 1)
    const told = bench.errors.map(({ code, context }) => [code, context.Event, context.Cause])
    expect(told).toContainEqual(['ERR_HANDLER_FAILED', 'frame', 'Error: no'])
    expect(told).toContainEqual(['ERR_HANDLER_FAILED', 'frame', 'Error: never'])
  })
})

describe('frames of a feed', () => {
  test('are told to its listeners from the first on, or from when they came', async () => {
    const waiting = new Waiting()
    const first: string[] = []
    const feed = await createPublicExchange({
      exchange: acmeSpot,
      symbols: ['A/USDT'],
      channels: ['book_ticker'],
      options: { url: acme.venue.url },
      on: { frame: (frame) => void first.push(textOf(frame)) },
    })
    feeds.push(feed)
    expect(first).toHaveLength(2)
    const later: string[] = []
    const stop = feed.on('frame', (frame) => void later.push(textOf(frame)))
    const next: string[] = []
    feed.once('frame', (frame) => void next.push(textOf(frame)))
    feed.on('book_ticker', () => waiting.wake())
    acme.venue.push(streamOf('A'), 1)
    await waiting.until(() => later.length === 1)
    stop()
    acme.venue.push(streamOf('A'), 2)
    await waiting.until(() => first.length === 4)
    expect([later.length, next.length]).toEqual([1, 1])
  })

  test('refuse a listener that is no function', async () => {
    const { manager } = acme.build()
    expect(() => manager.tapFrames(7 as never)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_CONFIG' }))
  })
})
