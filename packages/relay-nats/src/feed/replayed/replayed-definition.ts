import type { AnyExchangeDefinition } from '@tapewire/core'
import { type AboutBooks, relayedBookRules } from '../../about.js'
import type { HopMeter } from '../hop-meter.js'
import { LiveStreams, marketChannels } from '../live/live-streams.js'
import { RelayGaps } from '../parser/relay-gaps.js'
import { type RelayedParts, relayedDefinition } from '../relayed-definition.js'
import type { Reading } from '../stored/reading.js'
import { StoredLines } from '../stored/stored-lines.js'
import { ReplayedAdmission } from './replayed-admission.js'
import { ReplayedStreams } from './replayed-streams.js'

/** What a feed of market data that NATS keeps is made of. */
export interface ReplayedDefinitionParts extends RelayedParts {
  /** As its relays say. */
  readonly books: AboutBooks | null
  readonly hop: HopMeter
  readonly reading: Reading
}

/** What core makes a feed of market data of that is read where NATS keeps it. */
export function replayedDefinition(parts: ReplayedDefinitionParts): AnyExchangeDefinition {
  const { exchange, subjects, books, hop, reading } = parts
  return relayedDefinition(parts, marketChannels, () => {
    const gaps = new RelayGaps()
    const replayed = new ReplayedStreams(subjects, reading.range, hop)
    return {
      streams: new LiveStreams(exchange, subjects),
      admission: new ReplayedAdmission(),
      lines: (desk) => new StoredLines(desk, reading, (subject) => replayed.sourceOf(subject)),
      alerts: subjects.alerts,
      bookRules: relayedBookRules(books),
      gaps,
      gapOutcome: async (gap, env) => {
        const said = await gaps.outcomeOf(gap, env)
        reading.noteOutcome(gap.stream.id)
        return replayed.positionOf(gap.stream.id).takeOutcome(said)
      },
      onEnd: () => reading.end(),
    }
  })
}
