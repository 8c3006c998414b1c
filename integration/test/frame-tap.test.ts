import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExchangeFeed, FeedEvents, FrameEvent } from '@tapewire/core'
import { CaptureWriter, readCapture } from '@tapewire/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { exchanges, gateio } from '../src/scene/exchanges.js'
import { btc, closeScenes, Scene } from '../src/scene/scene.js'
import { secretsSeen } from '../src/scene/secrets.js'

afterEach(closeScenes)

const textOf = ({ data }: FrameEvent): string => Buffer.from(data).toString('latin1')

/** All that the flight recorder writes. */
async function dumped(feed: ExchangeFeed): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tapewire-'))
  try {
    const { files } = await feed.dumpFlight(join(folder, 'flight.jsonl'))
    return (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('')
  } finally {
    await rm(folder, { recursive: true })
  }
}

describe.each(exchanges)('the frames of $title, as a feed shows them,', (exchange) => {
  it.each(['walker', 'ws'] as const)('are all that the exchange got and sent, over %s', async (transport) => {
    const scene = await Scene.open(exchange)
    const frames: FrameEvent[] = []
    const record = scene.record()
    const { feed } = await scene.publicFeed({
      symbols: [btc],
      channels: ['orderbook', 'trades'],
      on: { ...record.listeners, frame: (frame) => void frames.push(frame) },
      options: { socket: { transport } } as object,
    })
    await scene.live(() => feed.streamStates().every(({ status }) => status === 'live'))
    scene.clock.advance(20_000)
    const sent = frames.filter(({ direction }) => direction === 'out').map(textOf)
    await scene.until(() => scene.seen.messages.length >= sent.length)
    expect(scene.seen.messages.map(({ text }) => text).slice(0, sent.length)).toEqual(sent)
    expect(sent.at(-1)).toMatch(/ping/i)
    expect(frames.filter(({ direction }) => direction === 'in').length).toBeGreaterThanOrEqual(record.messages.length)
  })

  it('hold no secret of an account, neither shown nor in what the flight recorder writes', async () => {
    const scene = await Scene.open(exchange)
    const frames: FrameEvent[] = []
    const record = scene.record()
    const { feed } = await scene.privateFeed(
      { on: { ...record.listeners, frame: (frame) => void frames.push(frame) }, flightRecorder: {} },
      record,
    )
    scene.clock.advance(1_000)
    await scene.until(() => record.messages.length > 0)
    scene.server.faults.terminateAll()
    await scene.until(() => record.logged('recovered').length === 1)
    const secrets = secretsSeen(scene)
    expect(secrets.length).toBeGreaterThan(1)
    expect(new Set(frames.map(({ direction }) => direction))).toEqual(new Set(['in', 'out']))
    const dump = await dumped(feed)
    expect(dump.split('\n').length).toBeGreaterThan(frames.length)
    expect(dump).toContain('REDACTED')
    for (const secret of secrets) {
      expect(dump).not.toContain(secret)
      for (const frame of frames) expect(textOf(frame)).not.toContain(secret)
    }
  })

  it('stand beside the REST answers, whole and without a secret', async () => {
    const scene = await Scene.open(exchange)
    const shown: FeedEvents['response'][] = []
    const on = { response: (response: FeedEvents['response']) => void shown.push(response) }
    const { feed } = await scene.publicFeed({ symbols: [btc], channels: ['orderbook'], on })
    await scene.live(() => feed.orderBook(btc)?.isLive === true)
    const [snapshot] = shown
    expect(shown).toHaveLength(1)
    expect(snapshot?.url).toContain(scene.server.restUrl)
    expect(snapshot).toMatchObject({ exchange: exchange.definition.name, status: 200, time: expect.any(Number) })
    expect(JSON.parse(snapshot?.body ?? '')).toMatchObject({ bids: expect.any(Array), asks: expect.any(Array) })
    const record = scene.record()
    await scene.privateFeed({ on: { ...record.listeners, ...on } }, record)
    scene.clock.advance(60_000)
    await scene.until(() => scene.seen.requests.length > shown.length - 1 && shown.length > 2)
    const words = JSON.stringify(shown)
    for (const secret of secretsSeen(scene)) expect(words).not.toContain(secret)
  })

  it('are a capture that can be read', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tapewire-'))
    try {
      const scene = await Scene.open(exchange)
      const writer = new CaptureWriter(join(folder, 'feed.jsonl'))
      const frames: FrameEvent[] = []
      const record = scene.record()
      const { feed } = await scene.publicFeed({
        symbols: [btc],
        channels: ['trades', 'book_ticker'],
        on: {
          ...record.listeners,
          frame: (frame) => {
            const { direction, data, time } = frame
            frames.push(frame)
            const content = typeof data === 'string' ? data : Buffer.from(data)
            writer.writeFrame({ t: time, dir: direction, url: null, content })
          },
        },
      })
      await scene.live(() => record.messages.length > 20)
      await feed.close()
      await writer.close()
      const capture = await readCapture(join(folder, 'feed.jsonl'))
      expect(capture.frames.map(({ t, dir, content }) => [t, dir, content])).toEqual(
        frames.map(({ time, direction, data }) => [time, direction, data]),
      )
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

describe('the signed requests of Gate.io, as a feed shows them,', () => {
  it('name channel and event, and neither key nor signature', async () => {
    const scene = await Scene.open(gateio)
    const frames: FrameEvent[] = []
    const { feed } = await scene.privateFeed({ on: { frame: (frame) => void frames.push(frame) } })
    const requests = frames.filter(({ direction }) => direction === 'out').map(textOf)
    expect(requests).toHaveLength(3)
    for (const request of requests) {
      expect(JSON.parse(request)).toMatchObject({
        channel: expect.stringMatching(/^spot\./),
        event: 'subscribe',
        auth: { KEY: 'REDACTED', SIGN: 'REDACTED' },
      })
      expect(request).not.toContain(gateio.credentials.apiKey)
    }
    await feed.close()
  })
})
