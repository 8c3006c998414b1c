import type { ExchangeFeed } from '@tapewire/core'
import { type Relay, type RelayOptions, relay } from '@tapewire/relay-nats'
import { formatNumber } from '../../messages/format-number.js'
import type { FeedOpener } from './feed-opener.js'
import type { RelayPlan } from './plan-relay.js'
import type { RelayNotes, RunningRelay } from './running-relay.js'

/** Relays the whole plan from this process. Rejects where a feed or NATS cannot be had; nothing is left of relays then. */
export async function relayAll(plan: RelayPlan, feeds: FeedOpener, notes: RelayNotes): Promise<RunningRelay> {
  const { definition, nats, market, account } = plan
  const relays: Relay[] = []
  const close = async (): Promise<void> => {
    await Promise.all(relays.map((one) => one.close()))
  }
  try {
    const opened: (readonly [ExchangeFeed, RelayOptions])[] = []
    if (market !== null) {
      const kept = market.retention === null ? {} : { marketRetention: market.retention }
      opened.push([await feeds.market(market.symbols, market.channels), { ...nats, ...kept }])
    }
    if (account !== null) {
      const kept = account.replicas === undefined ? {} : { accountRetention: { replicas: account.replicas } }
      opened.push([await feeds.account(account), { ...nats, account: account.name, ...kept }])
    }
    for (const [feed, options] of opened) {
      const made = await relay(feed, options)
      relays.push(made)
      tell(made, notes)
    }
    const streams = opened.reduce((sum, [feed]) => sum + feed.streamStates().length, 0)
    const published = streams === 1 ? '1 stream is published' : `${formatNumber(streams)} streams are published`
    notes.note(`${definition.title}: ${published} at ${[nats.servers].flat().join(', ')}`)
  } catch (thrown) {
    await close()
    throw thrown
  }
  return { metrics: () => relays.map((one) => one.metrics()), places: () => [], close }
}

/** Says what happens between the relay and NATS. */
function tell(made: Relay, notes: RelayNotes): void {
  made.on('connection', ({ isConnected, error }) => {
    if (isConnected) notes.note('NATS is there again.')
    else if (error !== null) notes.warn(error)
  })
  made.on('drop', ({ records }) => {
    notes.note(`${formatNumber(records)} records were dropped: NATS is away, or too slow.`)
  })
  made.on('error', (error) => notes.warn(error))
}
