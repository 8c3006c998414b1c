import { MessageType } from '@tapewire/core'
import type { ParsedMessage } from '@tapewire/core/adapter'
import type { ConformanceCheck } from '../check.js'
import { fail } from '../check-failure.js'
import { capturedRecordings } from '../lab/corpus.js'
import type { Lab } from '../lab/lab.js'
import { type ReadFrame, readAll } from '../lab/reading.js'
import { dataChannelOf, isControl, kindFault, typeNameOf } from '../truth/message-faults.js'
import { rangeFault } from '../truth/range-faults.js'
import { saidText } from '../truth/said.js'

const area = {
  level: 'must',
  needs: ['captures'],
  file: 'parser.ts',
  docs: 'writing-an-adapter.md#strategy-3-the-parser',
} as const

/** How far an exchange's time may be from that at which a frame was recorded, ms: recorders have wrong clocks too. */
const clocksApartMs = 60 * 60_000

/** Recorded traffic of the real exchange. */
export const captureChecks: readonly ConformanceCheck[] = [
  {
    ...area,
    id: 'captures.every-frame-is-known',
    title: 'every recorded frame is something, none is UNKNOWN',
    async run(lab) {
      await expectNone(lab, MessageType.Unknown)
    },
  },
  {
    ...area,
    id: 'captures.no-frame-is-an-error',
    title: 'no recorded frame is an ERROR',
    async run(lab) {
      await expectNone(lab, MessageType.Error)
    },
  },
  {
    ...area,
    id: 'captures.hold-data',
    title: 'data comes of the captures: messages of channels and markets',
    async run(lab) {
      const messages = (await capturesAsRead(lab)).flatMap(({ frames }) => frames.flatMap((frame) => frame.messages))
      if (messages.some((message) => dataChannelOf(message) !== null)) return
      fail('no data comes of anything that was recorded', { expected: 'messages of data', got: census(messages) })
    },
  },
  {
    ...area,
    id: 'captures.fields-and-kinds',
    title: 'every message of a recorded frame has the fields of its payload and no others, each of its kind',
    docs: 'messages.md#messages',
    async run(lab) {
      await eachFrame(lab, ({ frame, messages }, source) => {
        for (const message of messages) {
          const fault = kindFault(message)
          if (fault === null) continue
          const { place, expected, got } = fault
          fail(`${place} should be ${expected} (${source})`, { expected, got, frame: frame.content })
        }
      })
    },
  },
  {
    ...area,
    id: 'captures.values-that-can-be',
    title: 'prices of recorded frames are above 0, amounts not below, and times are epoch ms of our days',
    docs: 'messages.md#numbers-ids-and-times',
    async run(lab) {
      await eachFrame(lab, ({ frame, messages }, source) => {
        for (const message of messages) {
          // Where it was not recorded when a frame came, any time of our days is right.
          const receivedAt = frame.at === 0 ? Number.MAX_SAFE_INTEGER : frame.at + clocksApartMs
          const fault = rangeFault({ ...message, receivedAt })
          if (fault === null) continue
          const { place, expected, got } = fault
          fail(`${place} should be ${expected} (${source})`, { expected, got, frame: frame.content })
        }
      })
    },
  },
  {
    ...area,
    id: 'captures.times-are-of-then',
    title: 'the exchange’s time of a message is of the hour in which its frame was recorded',
    docs: 'messages.md#numbers-ids-and-times',
    async run(lab) {
      await eachFrame(lab, ({ frame, messages }, source) => {
        for (const message of messages) {
          const { exchangeTime } = message
          if (frame.at === 0 || exchangeTime === null || dataChannelOf(message) === null) continue
          if (Math.abs(exchangeTime - frame.at) <= clocksApartMs) continue
          fail(`a message of ${String(message.channel)} is of another time than its frame (${source})`, {
            expected: frame.at,
            got: exchangeTime,
            frame: frame.content,
          })
        }
      })
    },
  },
  {
    ...area,
    id: 'captures.peek-agrees',
    title: 'a look at a recorded frame tells what reading it gives: control, its stream, or nothing',
    docs: 'writing-an-adapter.md#a-look-before-reading',
    async run(lab) {
      await eachFrame(lab, ({ frame, peek, messages }, source) => {
        const isWrong =
          peek === 'control'
            ? messages.some((message) => dataChannelOf(message) !== null)
            : (messages.length > 0 && messages.every(isControl)) ||
              (peek !== null && messages.some(({ stream }) => stream !== peek))
        if (!isWrong) return
        fail(`peek() and parse() disagree (${source})`, {
          expected: messages.map((message) => message.stream?.id ?? typeNameOf(message)),
          got: peek === null || peek === 'control' ? peek : peek.id,
          frame: frame.content,
        })
      })
    },
  },
  {
    ...area,
    id: 'captures.are-read-the-same-again',
    title: 'a capture is read the same by a second parser',
    docs: 'writing-an-adapter.md#a-parser-with-a-memory',
    async run(lab) {
      for (const { source, frames, again } of await capturesAsRead(lab)) {
        for (const [place, { frame, messages }] of frames.entries()) {
          const [expected, got] = [saidText(messages), saidText(again[place]?.messages ?? [])]
          if (expected !== got)
            fail(`a frame is read otherwise by a second parser (${source})`, { expected, got, frame: frame.content })
        }
      }
    },
  },
]

interface CaptureAsRead {
  readonly source: string
  readonly frames: readonly ReadFrame[]
  /** By another parser. */
  readonly again: readonly ReadFrame[]
}

function capturesAsRead(lab: Lab): Promise<readonly CaptureAsRead[]> {
  return lab.once('captures as read', async () =>
    (await capturedRecordings(lab)).map(({ source, parser, frames }) => ({
      source,
      frames: readAll(parser(), frames),
      again: readAll(parser(), frames),
    })),
  )
}

async function eachFrame(lab: Lab, look: (read: ReadFrame, source: string) => void): Promise<void> {
  for (const { source, frames } of await capturesAsRead(lab)) {
    for (const frame of frames) look(frame, source)
  }
}

/** Fails with every kind of them, and the first frame. */
async function expectNone(lab: Lab, type: typeof MessageType.Unknown | typeof MessageType.Error): Promise<void> {
  for (const { source, frames } of await capturesAsRead(lab)) {
    const wrong = frames.filter(({ messages }) => messages.some((message) => message.type === type))
    const [first] = wrong
    if (first === undefined) continue
    const words = wrong.flatMap(({ messages }) => messages.map(wordsOf))
    fail(
      `${wrong.length} of ${frames.length} frames of ${source} are ${typeNameOf({ type })}: ${[...new Set(words)].join('; ')}`,
      {
        expected: 'data, an answer, a pong, or OTHER',
        got: census(frames.flatMap(({ messages }) => messages)),
        frame: first.frame.content,
      },
    )
  }
}

function wordsOf(message: ParsedMessage): string {
  if (message.type === MessageType.Unknown) return message.data.reason
  if (message.type === MessageType.Error) return `${message.data.code}, ${message.data.message}`
  return ''
}

/** How many messages there are of each market and channel, and of each other type. */
function census(messages: readonly ParsedMessage[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const message of messages) {
    const channel = dataChannelOf(message)
    const name = channel === null ? typeNameOf(message) : `${channel} of ${message.symbol?.name ?? 'the account'}`
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}
