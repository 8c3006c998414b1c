import type { AnyExchangeDefinition } from '@tapewire/core'
import { accountStream } from '../../stored/stored-streams.js'
import { RelayGaps } from '../parser/relay-gaps.js'
import { type RelayedParts, relayedDefinition } from '../relayed-definition.js'
import type { Reading } from '../stored/reading.js'
import type { StoredLine, StoredSource } from '../stored/stored-line.js'
import { StoredLines } from '../stored/stored-lines.js'
import { AccountAdmission } from './account-admission.js'
import { AccountRecords } from './account-records.js'
import { AccountStreams, accountChannels } from './account-streams.js'

/** What a feed of an account over NATS is made of. */
export interface AccountDefinitionParts extends RelayedParts {
  /** The name that the relay gave the account. */
  readonly account: string
  readonly reading: Reading
}

/** What core makes the feed of an account of. No credentials of the exchange are needed: its relay has them. */
export function accountDefinition(parts: AccountDefinitionParts): AnyExchangeDefinition {
  const { exchange, account, subjects, reading } = parts
  const { range } = reading
  const stored = accountStream(subjects.base).name
  return relayedDefinition(parts, accountChannels, () => {
    const streams = new AccountStreams(exchange, account, subjects)
    const gaps = new RelayGaps()
    const sourceOf = (subject: string): StoredSource | null => {
      const of = streams.channels.get(subject)
      if (of === undefined) return null
      const { memory } = of.position
      const records = (line: StoredLine): AccountRecords => new AccountRecords(line, of, range.from === 'new')
      return { subject, stored, range, memory, isAskedAbout: true, records }
    }
    return {
      streams,
      admission: new AccountAdmission(),
      lines: (desk) => new StoredLines(desk, reading, sourceOf),
      alerts: null,
      bookRules: null,
      gaps,
      gapOutcome: async (gap, env) => {
        const said = await gaps.outcomeOf(gap, env)
        reading.noteOutcome(gap.stream.id)
        return streams.positionOf(gap.stream)?.takeOutcome(said) ?? said
      },
      onEnd: () => reading.end(),
    }
  })
}
