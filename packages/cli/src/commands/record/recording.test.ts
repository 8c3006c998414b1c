import type { FeedEvents } from '@tapewire/core'
import { expect, test } from 'vitest'
import { type PartWriter, Recording, type RecordingOptions } from './recording.js'

/** A part in memory: each frame counts 100 bytes, and waits for the disk as long as that is told to be slow. */
class FakeWriter implements PartWriter {
  readonly lines: string[] = []
  bufferedBytes = 0
  writtenBytes = 0

  writeFrame({ content }: { readonly content: string | Buffer }): void {
    this.lines.push(String(content))
    this.writtenBytes += 100
  }
  writeResponse({ body }: { readonly body: string }): void {
    this.lines.push(body)
    this.writtenBytes += 100
  }
  writeBook({ symbol }: { readonly symbol: string }): void {
    this.lines.push(symbol)
  }
  async opened(): Promise<void> {}
  async close(): Promise<void> {}
  async discard(): Promise<void> {}
}

const base = { exchange: 'acme_spot', connectionId: 'acme_spot#1', socket: 1, url: 'wss://acme.example/' } as const
const frame = (data: string, time: number) => ({
  frame: { ...base, direction: 'in', data, time } satisfies FeedEvents['frame'],
  feed: 'market',
})

function recorded(options: Partial<RecordingOptions> = {}) {
  const writers: FakeWriter[] = []
  const told: string[] = []
  const recording = new Recording({
    rotateBytes: null,
    rotateMs: null,
    maxBufferedBytes: 1_000,
    open: () => {
      const writer = new FakeWriter()
      writers.push(writer)
      return { path: `part ${writers.length}`, writer }
    },
    begin: () => ({ control: [], books: [{ t: null, symbol: 'BTC/USDT', sequence: 1, bids: [], asks: [] }] }),
    isReady: () => true,
    onPart: ({ path, frames }) => told.push(`${path}: ${frames}`),
    onDrop: () => told.push('dropping'),
    ...options,
  })
  return { recording, writers, told }
}

test('a part ends between two frames once it is large enough, and the next begins with the books', async () => {
  const { recording, writers, told } = recorded({ rotateBytes: 200 })
  for (const [index, data] of ['a', 'b', 'c', 'd', 'e'].entries()) recording.frame(frame(data, index))
  await recording.close()
  expect(writers.map(({ lines }) => lines)).toEqual([
    ['a', 'b'],
    ['BTC/USDT', 'c', 'd'],
    ['BTC/USDT', 'e'],
  ])
  expect(told).toEqual(['part 1: 2', 'part 2: 2', 'part 3: 1'])
  expect(recording.frames).toBe(5)
})

test('or once it is old enough, by the time of its frames', async () => {
  const { recording, writers } = recorded({ rotateMs: 1_000 })
  for (const time of [5_000, 5_999, 6_000, 9_000]) recording.frame(frame(String(time), time))
  await recording.close()
  expect(writers.map(({ lines }) => lines)).toEqual([
    ['5000', '5999'],
    ['BTC/USDT', '6000'],
    ['BTC/USDT', '9000'],
  ])
})

test('but waits 10 s for books that are not live', async () => {
  let isReady = false
  const { recording, writers } = recorded({ rotateBytes: 100, isReady: () => isReady })
  for (const time of [0, 1, 10_000]) recording.frame(frame(String(time), time))
  expect(writers).toHaveLength(1)
  recording.frame(frame('late', 10_001))
  expect(writers).toHaveLength(2)
  isReady = true
  recording.frame(frame('at once', 10_002))
  expect(writers).toHaveLength(3)
  await recording.close()
})

test('what the disk is too slow for is dropped, counted and told once in a row', async () => {
  const { recording, writers, told } = recorded()
  const [writer] = writers
  if (writer === undefined) throw new Error('No part was opened.')
  recording.frame(frame('a', 1))
  writer.bufferedBytes = 1_001
  recording.frame(frame('b', 2))
  recording.response({ exchange: 'acme_spot', url: '', status: 200, body: 'c', time: 3 })
  writer.bufferedBytes = 1_000
  recording.frame(frame('d', 4))
  expect(writer.lines).toEqual(['a', 'd'])
  expect(recording.dropped).toBe(2)
  expect(told).toEqual(['dropping'])
  await recording.close()
})
