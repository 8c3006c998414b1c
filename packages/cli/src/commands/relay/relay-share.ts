import { relayGroup } from '@tapewire/relay-nats'
import { usageError } from '../../cli-error.js'
import type { CommandContext } from '../../command-context.js'
import type { FeedOpener } from './feed-opener.js'
import { MemberNotes } from './member-notes.js'
import type { RelayPlan } from './plan-relay.js'
import type { RelayNotes, RunningRelay } from './running-relay.js'

/** What a member of a group tells, also to a process that watches it. */
type GroupNotes = RelayNotes & Pick<CommandContext, 'io'>

/** Relays this process's part of a group's instruments, and its account while that is its own. Rejects as `relayGroup`. */
export async function relayShare(plan: RelayPlan, feeds: FeedOpener, notes: GroupNotes): Promise<RunningRelay> {
  const { definition, nats, market, account, group } = plan
  if (group === null) throw usageError('No group is named.', 'Add --group NAME.')
  const { name, ...membership } = group
  const where = [nats.servers].flat().join(', ')
  let isClosing = false
  await feeds.rehearse()
  const member = new MemberNotes(notes, market?.symbols.length ?? 0)
  const made = await relayGroup({
    ...nats,
    ...membership,
    retry: true,
    signal: feeds.signal,
    group: name,
    exchange: definition.name,
    ...(market === null
      ? {}
      : {
          symbols: market.symbols,
          channels: market.channels,
          candleIntervals: market.candleIntervals ?? ['1m'],
          openFeed: (some, ofThem, limiter) => feeds.market(some, ofThem, limiter),
          ...(market.retention === null ? {} : { marketRetention: market.retention }),
        }),
    ...(account === null
      ? {}
      : {
          accounts: [account.name],
          openAccount: (_, signal, limiter) => feeds.account(account, signal, limiter),
          ...(account.replicas === undefined ? {} : { accountRetention: { replicas: account.replicas } }),
        }),
    onError: (error) => member.onError(error),
    onOwned: (owned) => {
      notes.io.onNews?.({ kind: 'owned', symbols: owned.symbols })
      if (!isClosing) member.onOwned(owned)
    },
    onMembership: (isMember) => {
      if (isMember) notes.note(`${definition.title}: a member of the group ${name} at ${where}`)
      else if (!isClosing)
        notes.note(`The lease in the group ${name} is over: nothing is published until it is taken anew.`)
    },
  })
  return {
    metrics: () => {
      const { market: ofMarket, accounts } = made.metrics()
      return [...(ofMarket === null ? [] : [ofMarket]), ...Object.values(accounts)]
    },
    places: () => made.metrics().limits.places,
    close: () => {
      isClosing = true
      member.end()
      return made.close()
    },
  }
}
