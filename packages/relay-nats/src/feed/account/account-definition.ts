import { type AnyExchangeDefinition, type Stream, WebSocketStrategySet } from '@tapewire/core'
import type { ExchangeLimits, GapOutcome } from '@tapewire/core/adapter'
import type { NatsOptions } from '../../connect/nats-options.js'
import type { StoredStart } from '../../stored/stored-reader.js'
import { accountStream } from '../../stored/stored-streams.js'
import type { Subjects } from '../../subjects.js'
import { RelayedConnection } from '../connection.js'
import { RelayedParser } from '../parser/relayed-parser.js'
import { RelayedSubscription } from '../subscription.js'
import { RelayedTransport } from '../transport/relayed-transport.js'
import { AccountAdmission } from './account-admission.js'
import { AccountLines } from './account-lines.js'
import { AccountStreams, accountChannels } from './account-streams.js'

/** What a feed of an account over NATS is made of. */
export interface AccountDefinitionParts {
  readonly nats: NatsOptions
  readonly exchange: string
  /** The name that the relay gave the account. */
  readonly account: string
  readonly subjects: Subjects
  readonly limits: ExchangeLimits
  readonly beatIntervalMs: number
  readonly answerTimeoutMs: number
  readonly start: StoredStart
}

/** What core makes the feed of an account of. No credentials of the exchange are needed: its relay has them. */
export function accountDefinition(parts: AccountDefinitionParts): AnyExchangeDefinition {
  const { nats, exchange, account, subjects, limits, beatIntervalMs, answerTimeoutMs, start } = parts
  const strategies = (): WebSocketStrategySet => {
    const streams = new AccountStreams(exchange, account, subjects)
    const { table, channels } = streams
    const stored = accountStream(subjects.base).name
    return new WebSocketStrategySet({
      contract: 2,
      exchange,
      connectionStrategy: new RelayedConnection(
        nats,
        (connection, clock) =>
          new RelayedTransport({
            connection,
            clock,
            beats: subjects.allBeats,
            alerts: null,
            beatIntervalMs,
            answerTimeoutMs,
            lines: (desk) => new AccountLines(desk, { stored, channels, start }),
          }),
      ),
      subscriptionStrategy: new RelayedSubscription(streams),
      messageParser: new RelayedParser({ table, alerts: null, admission: new AccountAdmission(streams) }),
      gapOutcome: async ({ stream }) => storedOutcome(stream, streams),
      limits,
    })
  }
  return {
    name: exchange,
    title: `${exchange} over NATS`,
    channels: accountChannels,
    limits,
    endpoints: { url: '', restUrl: '' },
    public: strategies,
    private: strategies,
  }
}

/** What was missed while there was no connection is read where it is stored, as every event is. So there is never anything to fetch, and whether it is whole is known. */
function storedOutcome(stream: Stream, streams: AccountStreams): GapOutcome {
  if (streams.positionOf(stream)?.takeHole() !== true) return { action: 'backfilled', backfilled: 0, fault: null }
  return { action: 'partly-backfilled', backfilled: 0, fault: 'not everything that happened was stored, or is kept' }
}
