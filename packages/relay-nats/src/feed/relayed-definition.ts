import { type AnyExchangeDefinition, WebSocketStrategySet } from '@tapewire/core'
import type { BookRules, ExchangeLimits, GapOutcomeOf, StreamTable, SubscriptionStrategy } from '@tapewire/core/adapter'
import type { NatsOptions } from '../connect/nats-options.js'
import type { Subjects } from '../subjects.js'
import { RelayedConnection } from './connection.js'
import type { FeedSettings } from './feed-options.js'
import type { Admission } from './parser/admission.js'
import type { RelayGaps } from './parser/relay-gaps.js'
import { RelayedParser } from './parser/relayed-parser.js'
import { RelayedSubscription } from './subscription.js'
import type { Desk, Lines } from './transport/lines.js'
import { RelayedTransport } from './transport/relayed-transport.js'

/** What every feed over NATS has to know. */
export interface RelayedParts {
  readonly nats: NatsOptions
  readonly exchange: string
  readonly subjects: Subjects
  readonly settings: FeedSettings
}

/** Streams of one feed, and how they come. */
export interface RelayedKind {
  readonly streams: Pick<SubscriptionStrategy, 'plan'> & { readonly table: StreamTable }
  readonly admission: Admission
  /** How the streams are read. */
  lines(desk: Desk): Lines
  /** Where relays say what they alert of; null where nobody wants to know. */
  readonly alerts: string | null
  readonly bookRules: BookRules | null
  /** As `RelayedParserParts.gaps`. */
  readonly gaps: RelayGaps
  readonly gapOutcome: GapOutcomeOf
  /** As `RelayedParserParts.onEnd`. */
  readonly onEnd: (() => void) | null
}

/** NATS has none of the limits of an exchange: one connection carries everything. */
const limits: ExchangeLimits = {
  streamsPerConnection: Number.POSITIVE_INFINITY,
  streamHeadroom: 0,
  clientMessagesPerSecond: 10_000,
  connectionLifetimeMs: Number.POSITIVE_INFINITY,
}

/** What core makes a feed of. `kind` makes what belongs to one feed alone, of an account or of market data. */
export function relayedDefinition(
  { nats, exchange, subjects, settings }: RelayedParts,
  channels: AnyExchangeDefinition['channels'],
  kind: () => RelayedKind,
): AnyExchangeDefinition {
  const { beatIntervalMs, answerTimeoutMs } = settings
  const beats = subjects.allBeats
  const strategies = (): WebSocketStrategySet => {
    const { streams, admission, lines, alerts, bookRules, gaps, gapOutcome, onEnd } = kind()
    return new WebSocketStrategySet({
      contract: 2,
      exchange,
      connectionStrategy: new RelayedConnection(
        nats,
        (connection, clock) =>
          new RelayedTransport({ connection, clock, beats, alerts, beatIntervalMs, answerTimeoutMs, lines }),
      ),
      subscriptionStrategy: new RelayedSubscription(streams),
      messageParser: new RelayedParser({ table: streams.table, alerts, admission, gaps, onEnd }),
      bookRules,
      gapOutcome,
      limits,
    })
  }
  return {
    name: exchange,
    title: `${exchange} over NATS`,
    channels,
    limits,
    endpoints: { url: '', restUrl: '' },
    public: strategies,
    private: strategies,
  }
}
