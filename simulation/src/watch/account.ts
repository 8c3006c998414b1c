import type { BalanceData, FeedMessage, StreamState } from '@tapewire/core'
import type { Finding, Watch } from '../world/watch.js'
import type { World } from '../world/world.js'

/** What was last told of each asset is, to the last digit, what the account holds: at rest, of assets that moved since the streams were last live. */
export class TrueAccount implements Watch {
  readonly name = 'true account'
  readonly #world: World
  readonly #balances = new Map<string, BalanceData>()

  constructor(world: World) {
    this.#world = world
  }

  onMessage({ channel, data }: FeedMessage): Finding {
    if (channel !== 'balances') return null
    for (const balance of data as readonly BalanceData[]) this.#balances.set(balance.asset, balance)
    return null
  }

  onStream({ channel, status }: StreamState): Finding {
    if (channel === 'balances' && status !== 'live') this.#balances.clear()
    return null
  }

  atRest(): Finding {
    const { manager, venue } = this.#world
    if (manager.streamState(null, 'balances')?.status !== 'live') return null
    for (const { asset, free, locked } of venue.account.balances()) {
      const told = this.#balances.get(asset)
      if (told !== undefined && (told.free !== free || told.locked !== locked)) {
        return `${asset} was last told as ${told.free} free and ${told.locked} locked, and is ${free} and ${locked}`
      }
    }
    return null
  }
}
