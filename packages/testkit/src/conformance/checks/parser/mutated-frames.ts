import type { MessageParser } from '@tapewire/core/adapter'
import { createRandom, randomInteger, randomItem } from '../../../random.js'
import type { ConformanceCheck } from '../../check.js'
import { fail } from '../../check-failure.js'
import { messagesOf, peekOf } from '../../lab/reading.js'
import { type Sample, samples } from '../../lab/samples.js'
import { kindFault } from '../../truth/message-faults.js'

/** Of one run, over all kinds of frames. */
const mutations = 2_000

/** Frames that were damaged by chance; the same ones each time. */
export const mutatedFrameChecks: readonly ConformanceCheck[] = [
  {
    id: 'parser.damaged-frames',
    title:
      'frames with bits flipped, bytes lost, doubled or of another frame never throw, and every field keeps its kind',
    level: 'must',
    needs: ['frames'],
    file: 'parser.ts',
    docs: 'writing-an-adapter.md#strategy-3-the-parser',
    async run(lab) {
      const all = await samples(lab)
      const parsers = new Map<Sample, MessageParser>(all.map((sample) => [sample, sample.parser()]))
      const random = createRandom(0xf022)
      for (let count = 0; count < mutations && all.length > 0; count += 1) {
        const sample = randomItem(random, all)
        const parser = parsers.get(sample) as MessageParser
        const damaged = damage(Buffer.from(sample.frame.content), randomItem(random, all), random)
        const content = typeof sample.frame.content === 'string' ? damaged.toString() : damaged
        peekOf(parser, { content, at: sample.frame.at })
        for (const message of messagesOf(parser, { content, at: sample.frame.at })) {
          const fault = kindFault(message)
          if (fault === null) continue
          const { place, expected, got } = fault
          fail(`${place} should be ${expected} in what is made of a damaged frame of ${sample.kind}`, {
            expected,
            got,
            frame: content,
          })
        }
      }
    },
  },
]

/** Some damage of one kind. */
function damage(bytes: Buffer, other: Sample, random: () => number): Buffer {
  if (bytes.length < 2) return bytes
  const place = randomInteger(random, 0, bytes.length - 1)
  const length = Math.min(bytes.length - place, randomInteger(random, 1, 12))
  switch (randomInteger(random, 0, 4)) {
    case 0: {
      const flipped = Buffer.from(bytes)
      for (let flips = randomInteger(random, 1, 4); flips > 0; flips -= 1) {
        const at = randomInteger(random, 0, bytes.length - 1)
        flipped[at] = (flipped[at] as number) ^ (1 << randomInteger(random, 0, 7))
      }
      return flipped
    }
    case 1:
      return Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + length)])
    case 2:
      return Buffer.concat([bytes.subarray(0, place + length), bytes.subarray(place)])
    case 3:
      return Buffer.concat([bytes.subarray(0, place), Buffer.from(other.frame.content).subarray(place)])
    default: {
      const changed = Buffer.from(bytes)
      // Digits and the signs around them are what a reader of numbers goes by.
      changed[place] = randomItem(random, [...Buffer.from('0123456789.-+eE"{}[],: \0')])
      return changed
    }
  }
}
