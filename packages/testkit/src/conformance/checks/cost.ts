import type { Stream } from '@tapewire/core'
import { createEnv, type MessageParser, systemClock } from '@tapewire/core/adapter'
import { frameOf } from '@tapewire/core/testing'
import type { ConformanceCheck } from '../check.js'
import { expectTrue, fail, skip } from '../check-failure.js'
import { recordings } from '../lab/corpus.js'
import type { Lab } from '../lab/lab.js'
import { readAll } from '../lab/reading.js'
import type { RecordedFrame } from '../lab/recording.js'
import { candleWidthsOf, plannedStreams } from '../lab/wanted-streams.js'
import { dataChannelOf } from '../truth/message-faults.js'

const area = {
  level: 'should',
  needs: ['frames'],
  file: 'parser.ts',
  docs: 'writing-an-adapter.md#which-payload-is-it',
} as const

/**
 * Bounds are ratios of two things that are measured in turn, the best of some rounds each, and far above what is usual: what fails one is not a little slow, it does something
 * that it should not do for every frame.
 */
const rounds = 7
const slowest = { parse: 20, peek: 3, subscribe: 200, later: 6 } as const
/** Of market data, how much the fast reader may leave to the reference. */
const mostFallbacks = 0.02

/** What reading and asking costs, beside something that everybody knows. */
export const costChecks: readonly ConformanceCheck[] = [
  {
    ...area,
    id: 'cost.parse',
    title: `a frame is looked at and read in less than ${slowest.parse} times what JSON.parse takes, or a walk over its bytes where it is binary`,
    async run(lab) {
      const { frames, parser } = await marketData(lab)
      const reading = parser()
      const own = best(() => {
        for (const frame of frames) {
          reading.peek(frame)
          reading.parse(frame)
        }
      })
      const texts = frames.map(({ bytes, isBinary }) => (isBinary ? bytes : bytes.toString()))
      const known = best(() => {
        for (const text of texts) walk(text)
      })
      expectRatio(own, known, slowest.parse, `reading ${frames.length} frames`)
    },
  },
  {
    ...area,
    id: 'cost.peek',
    title: `a look at a frame takes less than ${slowest.peek} times what reading it takes`,
    docs: 'writing-an-adapter.md#a-look-before-reading',
    async run(lab) {
      const { frames, parser } = await marketData(lab)
      const reading = parser()
      const parse = best(() => {
        for (const frame of frames) reading.parse(frame)
      })
      const peek = best(() => {
        for (const frame of frames) reading.peek(frame)
      })
      expectRatio(peek, parse, slowest.peek, `looking at ${frames.length} frames`)
    },
  },
  {
    ...area,
    id: 'cost.reading-does-not-slow-down',
    title: 'the ten thousandth frame is read as fast as the first ones: nothing grows with what was read',
    async run(lab) {
      const { frames, parser } = await marketData(lab)
      const reading = parser()
      const read = (): void => {
        for (const frame of frames) reading.parse(frame)
      }
      const early = best(read)
      for (let count = 0; count < 10_000; count += frames.length) read()
      expectRatio(best(read), early, slowest.later, 'reading once 10,000 frames were read')
    },
  },
  {
    ...area,
    id: 'cost.fast-reader',
    title: 'market data as the exchange sends it is read by the fast reader: the reference is left hardly any of it',
    async run(lab) {
      const counts = new Map<string, number>()
      let frames = 0
      for (const { parser, frames: recorded } of await recordings(lab)) {
        const reading = parser()
        frames += readAll(reading, recorded).filter(({ messages }) =>
          messages.some((message) => dataChannelOf(message) !== null),
        ).length
        for (const [wireChannel, count] of reading.fallbacks ?? []) {
          counts.set(wireChannel, (counts.get(wireChannel) ?? 0) + count)
        }
      }
      const left = [...counts.values()].reduce((sum, count) => sum + count, 0)
      if (left <= frames * mostFallbacks) return
      // What the reference does not read either is counted as left to it, and the checks of the parser say so.
      if (frames === 0) skip('No frame is read as market data so far.')
      fail(`${left} frames were left to the reference, where ${frames} were read as market data`, {
        expected: `at most ${mostFallbacks * 100} %`,
        got: Object.fromEntries(counts),
      })
    },
  },
  {
    ...area,
    id: 'cost.subscription-messages',
    title: 'asking for streams takes not much longer than writing their names',
    needs: [],
    file: 'subscription.ts',
    docs: 'writing-an-adapter.md#strategy-2-the-subscription',
    async run(lab) {
      const set = lab.publicSet()
      const streams: readonly Stream[] = [
        ...new Set(plannedStreams(set, { channels: lab.publicChannels, candleIntervals: widthsOf(lab) }, lab)),
      ]
      let lastId = 0
      const context = Object.assign(createEnv({}), { nextRequestId: () => ++lastId })
      const { subscriptionStrategy } = set
      const first = subscriptionStrategy.createSubscriptionMessages('subscribe', streams, context)
      if (first instanceof Promise) {
        await first
        skip('Its requests are signed, which is not measured.')
      }
      const own = best(() => {
        for (let count = 0; count < 50; count += 1) {
          void subscriptionStrategy.createSubscriptionMessages('subscribe', streams, context)
        }
      })
      const known = best(() => {
        for (let count = 0; count < 50; count += 1) JSON.stringify(streams.map(({ id }) => id))
      })
      expectRatio(own, known, slowest.subscribe, `asking for ${streams.length} streams`)
    },
  },
]

interface MarketData {
  readonly frames: readonly ReturnType<typeof frameOf>[]
  /** One that has read what came before them. */
  readonly parser: () => MessageParser
}

/** The frames of market data of the first recording, at most 2,000. */
async function marketData(lab: Lab): Promise<MarketData> {
  const [recording] = await recordings(lab)
  if (recording === undefined) skip('There is nothing to read.')
  const { parser } = recording
  const read = readAll(parser(), recording.frames)
  const isData = ({ messages }: (typeof read)[number]): boolean =>
    messages.length > 0 && messages.every((message) => dataChannelOf(message) !== null)
  const data = read.filter(isData).slice(0, 2_000)
  if (data.length === 0) skip('There is no market data to read.')
  return {
    frames: data.map(({ frame: { content, at } }: { readonly frame: RecordedFrame }) => frameOf(content, at)),
    parser: () => {
      const reading = parser()
      for (const { frame } of read.filter((one) => !isData(one))) reading.parse(frameOf(frame.content, frame.at))
      return reading
    },
  }
}

function widthsOf(lab: Lab): ReturnType<typeof candleWidthsOf> | null {
  const widths = candleWidthsOf(lab.publicSet(), lab)
  return widths.length === 0 ? null : widths
}

/** The shortest of some rounds, ms: what another process took away in the meantime is in the others. */
function best(work: () => void): number {
  let shortest = Number.POSITIVE_INFINITY
  for (let round = 0; round < rounds; round += 1) {
    const before = systemClock.now()
    work()
    shortest = Math.min(shortest, systemClock.now() - before)
  }
  return shortest
}

/** What everybody knows the cost of. */
function walk(content: string | Uint8Array): unknown {
  if (typeof content === 'string') return JSON.parse(content)
  let sum = 0
  for (const byte of content) sum += byte
  return sum
}

function expectRatio(own: number, known: number, most: number, what: string): void {
  const ratio = own / Math.max(known, 0.001)
  expectTrue(ratio <= most, `${what} took ${ratio.toFixed(1)} times as long as what it is compared with`, {
    expected: `at most ${most} times`,
    got: `${own.toFixed(3)} ms beside ${known.toFixed(3)} ms`,
  })
}
