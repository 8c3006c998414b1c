import { type AnyExchangeDefinition, publicChannels, WebSocketStrategySet } from '@tapewire/core'
import type { ExchangeLimits } from '@tapewire/core/adapter'
import { type AboutBooks, relayedBookRules } from '../../about.js'
import type { NatsOptions } from '../../connect/nats-options.js'
import type { StoredStart } from '../../stored/stored-reader.js'
import type { Subjects } from '../../subjects.js'
import { RelayedConnection } from '../connection.js'
import type { FeedSettings } from '../feed-options.js'
import type { HopMeter } from '../hop-meter.js'
import { RelayedParser } from '../parser/relayed-parser.js'
import { ReplayedAdmission } from '../replayed/replayed-admission.js'
import type { ReplayedPosition } from '../replayed/replayed-line.js'
import { ReplayedLines } from '../replayed/replayed-lines.js'
import { RelayedSubscription } from '../subscription.js'
import { RelayedTransport } from '../transport/relayed-transport.js'
import { LiveLines } from './live-lines.js'
import { LiveStreams } from './live-streams.js'
import { Overlap } from './overlap.js'

/** What a feed of market data over NATS is made of. */
export interface LiveDefinitionParts {
  readonly nats: NatsOptions
  readonly exchange: string
  readonly subjects: Subjects
  /** As its relays say. */
  readonly books: AboutBooks | null
  readonly settings: FeedSettings
  readonly limits: ExchangeLimits
  readonly hop: HopMeter
  /** Null where streams are followed as they are published; otherwise they are read where NATS keeps them. */
  readonly start: StoredStart | null
}

/** What core makes a feed of market data of. */
export function liveDefinition(parts: LiveDefinitionParts): AnyExchangeDefinition {
  const { nats, exchange, subjects, books, settings, limits, hop, start } = parts
  const { prefix, beatIntervalMs, answerTimeoutMs, maxHeldBytes } = settings
  const { allBeats: beats, alerts } = subjects
  return {
    name: exchange,
    title: `${exchange} over NATS`,
    channels: publicChannels.map((channel) => ({ channel, wireChannel: channel, evidence: 'recorded' })),
    limits,
    endpoints: { url: '', restUrl: '' },
    public() {
      const streams = new LiveStreams(exchange, subjects)
      const followed = new Set<string>()
      const positions = new Map<string, ReplayedPosition>()
      const admission = start === null ? new Overlap() : new ReplayedAdmission()
      return new WebSocketStrategySet({
        contract: 2,
        exchange,
        connectionStrategy: new RelayedConnection(
          nats,
          (connection, clock) =>
            new RelayedTransport({
              connection,
              clock,
              beats,
              alerts,
              beatIntervalMs,
              answerTimeoutMs,
              lines: (desk) =>
                start === null
                  ? new LiveLines(desk, { prefix, maxHeldBytes, hop, followed })
                  : new ReplayedLines(desk, { base: subjects.base, start, hop, positions }),
            }),
        ),
        subscriptionStrategy: new RelayedSubscription(streams),
        messageParser: new RelayedParser({ table: streams.table, alerts, admission }),
        bookRules: relayedBookRules(books),
        limits,
      })
    },
  }
}
