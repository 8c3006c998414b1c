import type { AnyExchangeDefinition } from '@tapewire/core'
import { type AboutBooks, relayedBookRules } from '../../about.js'
import type { HopMeter } from '../hop-meter.js'
import { RelayGaps } from '../parser/relay-gaps.js'
import { type RelayedParts, relayedDefinition } from '../relayed-definition.js'
import { LiveLines } from './live-lines.js'
import { LiveStreams, marketChannels } from './live-streams.js'
import { Overlap } from './overlap.js'

/** What a feed of market data over NATS is made of. */
export interface LiveDefinitionParts extends RelayedParts {
  /** As its relays say. */
  readonly books: AboutBooks | null
  readonly hop: HopMeter
}

/** What core makes a feed of market data of that is followed as it is published. */
export function liveDefinition(parts: LiveDefinitionParts): AnyExchangeDefinition {
  const { exchange, subjects, books, settings, hop } = parts
  const { prefix, maxHeldBytes } = settings
  return relayedDefinition(parts, marketChannels, () => {
    const followed = new Set<string>()
    const gaps = new RelayGaps()
    return {
      streams: new LiveStreams(exchange, subjects),
      admission: new Overlap(),
      lines: (desk) => new LiveLines(desk, { prefix, maxHeldBytes, hop, followed, gaps }),
      alerts: subjects.alerts,
      bookRules: relayedBookRules(books),
      gaps,
      gapOutcome: (gap, env) => gaps.outcomeOf(gap, env),
      onEnd: null,
    }
  })
}
