import type { Channel } from '@tapewire/core'
import { CheckFailure } from '../check-failure.js'
import { payloadChecks } from '../checks/payload/payload-checks.js'
import type { Lab } from '../lab/lab.js'
import { unmetNeed } from '../needs.js'

/** The checks that hold messages against the simulators, by what they are of: they know where a frame itself does not say what was. */
const audits: Readonly<Partial<Record<Channel, readonly string[]>>> = {
  trades: ['payload.trades-are-true'],
  book_ticker: ['payload.quotes-are-true'],
  ticker: ['payload.ticker-is-true'],
  candles: ['payload.candles-are-true'],
  orderbook: ['payload.snapshots-are-true', 'payload.deltas-are-true'],
  orders: ['payload.orders-are-true'],
  executions: ['payload.executions-are-true'],
  balances: ['payload.balances-are-true'],
}

/** What the emulation sends on a channel that its own market, or account, does not have so; null where it sends what there is, or where that cannot be told. */
export async function contradictedMarket(lab: Lab, channel: Channel): Promise<string | null> {
  for (const check of payloadChecks.filter(({ id }) => audits[channel]?.includes(id))) {
    if (unmetNeed(check.needs, lab) !== null) continue
    const words = await blamedWords(async () => check.run(lab))
    if (words !== null) return `${check.id} shows what is under it: ${words}`
  }
  return null
}

/** Of a check that blames the emulation, its words. */
async function blamedWords(run: () => Promise<void>): Promise<string | null> {
  try {
    await run()
    return null
  } catch (thrown) {
    return thrown instanceof CheckFailure && thrown.details.file?.startsWith('testing/') === true
      ? thrown.message
      : null
  }
}
