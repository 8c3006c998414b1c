import { type PublicChannel, publicChannels } from '@tapewire/core'
import type { StoredRange } from '../../stored/stored-range.js'
import { marketStream } from '../../stored/stored-streams.js'
import type { Subjects } from '../../subjects.js'
import type { HopMeter } from '../hop-meter.js'
import type { StoredSource } from '../stored/stored-line.js'
import { ReplayedPosition, ReplayedRecords } from './replayed-records.js'

/** How long before the time that was asked for a book begins, ms: relays publish a kept one whole once a minute. */
const beforeBooksMs = 65_000

/** Where streams of market data are kept, and how far each has been read. */
export class ReplayedStreams {
  readonly #subjects: Subjects
  readonly #range: StoredRange
  readonly #hop: HopMeter
  readonly #positions = new Map<string, ReplayedPosition>()

  constructor(subjects: Subjects, range: StoredRange, hop: HopMeter) {
    this.#subjects = subjects
    this.#range = range
    this.#hop = hop
  }

  sourceOf(subject: string): StoredSource | null {
    const { base } = this.#subjects
    const channel = publicChannels.find((name) => subject.startsWith(`${base}.${name}.`))
    if (channel === undefined) return null
    const position = this.positionOf(subject)
    return {
      subject,
      stored: marketStream(base, channel).name,
      range: this.#rangeOf(channel),
      memory: position.memory,
      isAskedAbout: channel !== 'orderbook',
      records: (line) => new ReplayedRecords(line, this.#subjects.askOf(subject), position, this.#hop),
    }
  }

  positionOf(subject: string): ReplayedPosition {
    const known = this.#positions.get(subject) ?? new ReplayedPosition()
    this.#positions.set(subject, known)
    return known
  }

  #rangeOf(channel: PublicChannel): StoredRange {
    const { from, to } = this.#range
    if (channel !== 'orderbook' || typeof from === 'string' || !('time' in from)) return this.#range
    return { from: { time: from.time - beforeBooksMs }, to }
  }
}
