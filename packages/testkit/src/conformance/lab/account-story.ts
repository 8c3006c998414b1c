import type { Instrument } from '@tapewire/core'
import type { AccountEvent, OrderEvent } from '../../market/account-event.js'
import type { AccountSimulator, OrderRequest } from '../../market/account-simulator.js'
import type { Lab } from './lab.js'
import { failureOf, type Story } from './market-story.js'
import type { Stage } from './stage.js'
import { plannedStreams, type Wanted } from './wanted-streams.js'

/** What was told of an account. */
export interface AccountStory extends Story {
  /** Everything that happened to it, in order. */
  readonly events: readonly AccountEvent[]
}

const steps = 160
const stepMs = 25
/** As long as anything told late takes. */
const afterMs = 2_000

/** The emulation's account, every private channel subscribed. Made once a run; null where there is none. */
export function accountStory(lab: Lab): Promise<AccountStory | null> {
  return lab.once('account story', async () => (lab.hasAccount && lab.privateChannels.length > 0 ? tell(lab) : null))
}

async function tell(lab: Lab): Promise<AccountStory> {
  const stage = lab.stage({ levels: 20 })
  const account = stage.emulated.account as AccountSimulator
  const from = stage.clock.now()
  const set = lab.accountSet()
  const wanted: Wanted = { channels: lab.privateChannels, candleIntervals: null }
  const planned = new Set(plannedStreams(set, wanted, lab))
  const { manager, record } = stage.manager(set, { config: { includeRaw: true } })
  const events: AccountEvent[] = []
  const stop = account.listen((event) => events.push(event))
  const failure = await failureOf(
    stage.settled(
      manager.initialize({ symbols: lab.instruments, channels: wanted.channels }),
      'initialize() with every account channel should resolve',
    ),
  )
  const before = events.length
  await placeEveryKind(stage, account)
  for (let step = 0; step < steps; step += 1) {
    account.step()
    await stage.pass(stepMs)
  }
  await stage.pass(afterMs)
  stop()
  const to = stage.clock.now()
  const connections = stage.venue.sessions.map(({ frames }) => frames)
  await stage.close()
  return {
    source: 'the emulation’s account',
    messages: record.messages,
    errors: record.errors,
    wanted,
    planned,
    connections,
    makeSet: () => lab.accountSet(),
    failure,
    from,
    to,
    events: events.slice(before),
  }
}

/** Every kind of order and of end, and a deposit. */
async function placeEveryKind(stage: Stage, account: AccountSimulator): Promise<void> {
  const pair = stage.instruments[0] as Instrument
  const { bids, asks } = stage.market.book(pair, 10)
  const [bid = '', lowBid = '', ask = ''] = [bids[0]?.[0], bids[5]?.[0], asks[0]?.[0]]
  const unit = sizeUnit(stage, pair)
  const size = (units: number): string => decimalOf(units, unit)
  const place = async (request: Omit<OrderRequest, 'pair'>): Promise<string> => {
    await stage.pass(stepMs)
    const placed = account.place({ pair, ...request }).find((event): event is OrderEvent => event.kind === 'order')
    return placed?.id ?? ''
  }
  account.deposit(pair.quote, '5000.5')
  const rested = await place({ side: 'buy', price: lowBid, size: size(5) })
  account.fill(rested, size(2))
  account.fill(rested)
  await place({ side: 'buy', type: 'market', quoteSize: '1000.01' })
  await place({ side: 'sell', type: 'market', size: size(1) })
  await place({ side: 'buy', timeInForce: 'ioc', price: lowBid, size: size(2) })
  await place({ side: 'buy', timeInForce: 'fok', price: lowBid, size: size(2) })
  await place({ side: 'buy', timeInForce: 'post_only', price: ask, size: size(2) })
  const withdrawn = await place({ side: 'buy', price: lowBid, size: size(3) })
  account.fill(withdrawn, size(1))
  account.cancel(withdrawn)
  account.cancel(await place({ side: 'buy', price: lowBid, size: size(3) }))
  account.trigger(await place({ side: 'sell', type: 'stop', triggerPrice: bid, price: lowBid, size: size(4) }))
}

/** Decimal places of a size that every market here takes. */
function sizeUnit({ market }: Stage, pair: Instrument): number {
  return Math.min(1, market.precision(pair).sizeDigits)
}

function decimalOf(units: number, digits: number): string {
  return digits === 0 ? String(units) : `0.${units}`
}
