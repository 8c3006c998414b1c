import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Channel, channels, type DataMessage, tradingPair } from '@tapewire/core'
import { createStream, dataMessage } from '@tapewire/core/adapter'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type FrameKind, frameFlags } from '../src/encoding/frame-header.js'
import { FrameWriter } from '../src/encoding/frame-writer.js'
import { anyMessages, streamOf } from './support/any-message.js'
import { anyAlert, anyAnswer, anyBeat, anyGap, anyState } from './support/any-record.js'

const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url))
const page = readFileSync(path('../../../docs/relay-encoding.md'), 'utf8')
const hasPython = spawnSync('python3', ['--version']).status === 0

const origin = { relay: 0xfedcba98, epoch: 1_767_225_600_353, sequence: 2 ** 53 - 5, flags: frameFlags.continues }
const header = {
  relay: origin.relay,
  epoch: origin.epoch,
  sequence: origin.sequence,
  continues: true,
  snapshot: false,
  sole: false,
}

function frameOf(kind: FrameKind, add: (writer: FrameWriter) => void): Uint8Array {
  const writer = new FrameWriter()
  writer.begin(kind, origin)
  add(writer)
  return writer.finish(1_767_225_600_400.5)
}

/** What Python reads of these frames. */
function readByPython(frames: readonly Uint8Array[]): unknown[] {
  const input = Buffer.concat(frames.flatMap((frame) => [Buffer.from(Uint32Array.of(frame.length).buffer), frame]))
  const output = execFileSync('python3', [path('read_frames.py')], { input, encoding: 'utf8', maxBuffer: 2 ** 26 })
  return output
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
}

/** A message as it is in a frame: its symbol only where the stream has none. */
function recordOf({ stream, symbol, data, exchangeTime, receivedAt, sequence, backfilled }: DataMessage): object {
  const name = symbol === stream.instrument ? null : (symbol?.name ?? null)
  return { data, exchangeTime, receivedAt, sequence, symbol: name, backfilled: backfilled === true }
}

describe.skipIf(!hasPython)('Python’s standard library reads, by the documented layout,', () => {
  test('every field of messages of every channel', () => {
    const samples = channels.flatMap((channel) =>
      fc.sample(anyMessages(streamOf(channel)), { numRuns: 15, seed: 1 }).map((messages) => ({ channel, messages })),
    )
    const frames = samples.map(({ messages }) =>
      frameOf('data', (writer) => {
        for (const message of messages) writer.addMessage(message)
      }),
    )
    const expected = samples.map(({ channel, messages }) => ({
      ...header,
      kind: 'data',
      channel,
      count: messages.length,
      sentAt: 1_767_225_600_400.5,
      records: messages.map(recordOf),
    }))
    expect(readByPython(frames)).toEqual(expected)
  })

  test('every field of states, gaps, alerts, beats and answers', () => {
    const options = { numRuns: 30, seed: 1 }
    const records = fc.sample(fc.tuple(anyState, anyGap, anyAlert, anyBeat, anyAnswer), options)
    const frames = records.flatMap(([state, gap, alert, beat, answer]) => [
      frameOf('state', (writer) => writer.addState(state)),
      frameOf('gap', (writer) => writer.addGap(gap)),
      frameOf('alert', (writer) => writer.addAlert(alert)),
      frameOf('beat', (writer) => writer.addBeat(beat)),
      frameOf('answer', (writer) => writer.addAnswer(answer)),
    ])
    const common = { ...header, channel: null, count: 1, sentAt: 1_767_225_600_400.5 }
    const expected = records.flatMap(([state, gap, { stream, ...alert }, beat, answer]) => {
      const subject = stream && {
        channel: stream.channel,
        symbol: stream.instrument?.name ?? null,
        interval: stream.params.interval ?? null,
      }
      return [
        { ...common, kind: 'state', records: [state] },
        { ...common, kind: 'gap', records: [gap] },
        { ...common, kind: 'alert', records: [{ ...alert, stream: subject }] },
        { ...common, kind: 'beat', records: [beat] },
        { ...common, kind: 'answer', records: [answer] },
      ]
    })
    expect(readByPython(frames)).toEqual(expected)
  })
})

test('the example of docs/relay-encoding.md is what is written', () => {
  const [, block = ''] = /```text\n(54 57[^`]*)```/.exec(page) ?? []
  const documented = block.replace(/ {2,}.*$/gm, '').replace(/\s+/g, '')
  const symbol = tradingPair('BTC', 'USDT')
  const stream = createStream({
    id: 'trades',
    channels: ['trades'],
    instrument: symbol,
    wireChannel: 'trades',
    wireSymbol: null,
  })
  const trade = { id: '5736713', price: 90012.4, size: 0.25, side: 'sell', time: 1_767_225_600_353 } as const
  const writer = new FrameWriter()
  writer.begin('data', { relay: 7, epoch: 12, sequence: 1001 })
  writer.addMessage(dataMessage<'trades'>(stream, symbol, [trade], 1_767_225_600_353, 1_767_225_600_360, null))
  expect(Buffer.from(writer.finish(1_767_225_600_361)).toString('hex')).toBe(documented)
})

test('docs/relay-encoding.md has every channel’s code', () => {
  const code: Readonly<Record<Channel, number>> = {
    orderbook: 1,
    trades: 2,
    book_ticker: 3,
    ticker: 4,
    executions: 5,
    balances: 6,
    orders: 7,
    candles: 8,
  }
  for (const channel of channels) {
    const frame = frameOf('data', (writer) => {
      const [message] = fc.sample(anyMessages(streamOf(channel)), { numRuns: 1, seed: 1 })[0] ?? []
      if (message !== undefined) writer.addMessage(message)
    })
    expect(frame[5]).toBe(code[channel])
    expect(page).toContain(`${code[channel]} \`${channel}\``)
  }
})
