// What an account is told: its open orders and its balances are kept, and each fill is printed. In the middle the connection is cut:
// what was missed is fetched, and said to be. With --live the key is taken from GATEIO_KEY and GATEIO_SECRET; it needs permission to read, nothing more.
import { createPrivateExchange, type OrderData } from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { gateioSpotEmulation } from '@tapewire/exchange-gateio/testing'
import { openVenue } from './support/venue.js'

const symbols = ['BTC/USDT', 'ETH/USDT']
const venue = await openVenue(symbols)
const isLive = venue.cut === null

/** Orders that can still be filled, by their ids. */
const open = new Map<string, OrderData>()
/** What can be spent, and what orders hold, by asset: exact text, as the exchange sends it. */
const balances = new Map<string, string>()

const account = await createPrivateExchange({
  exchange: gateioSpot,
  credentials: isLive
    ? { apiKey: process.env.GATEIO_KEY ?? '', apiSecret: process.env.GATEIO_SECRET ?? '' }
    : gateioSpotEmulation.credentials,
  symbols,
  options: venue.options,
  on: {
    orders: ({ data }) => {
      const canBeFilled = data.status === 'open' || data.status === 'partially_filled'
      if (canBeFilled) open.set(data.id, data)
      else open.delete(data.id)
    },
    balances: ({ data }) => {
      for (const { asset, free, locked } of data) balances.set(asset, `${free} free, ${locked} locked`)
    },
    gap: ({ channel, action, backfilled, fault }) => {
      console.log(`gap of ${channel}: ${action}, ${backfilled} fetched${fault === null ? '' : ` (${fault})`}`)
    },
    error: (error) => console.error(error.message),
  },
})
process.once('SIGINT', () => account.close())
console.log('the key is accepted')

const gapsTold = new Promise<void>((resolve) => {
  const told = new Set<string>()
  account.on('gap', ({ channel }) => {
    told.add(channel)
    if (told.size === 3) resolve()
  })
})
let fills = 0
for await (const { symbol, data, backfilled } of account.messages({ channel: 'executions' })) {
  const { side, size, price, fee, feeAsset, liquidity } = data
  const how = backfilled === true ? ', fetched afterwards' : ''
  console.log(`${symbol} ${side} ${size} at ${price}, fee ${fee} ${feeAsset} (${liquidity}${how})`)
  fills += 1
  if (isLive) continue
  if (fills === 2) venue.cut?.()
  if (fills === 4) break
}
if (!isLive) await gapsTold
for (const [asset, balance] of balances) console.log(`${asset}: ${balance}`)
console.log(`${open.size} orders are open`)

await account.close()
await venue.close()
