import { dataMessage, protoAmount, protoInteger, protoShape, protoText } from '@tapewire/core/adapter'
import { addDecimals } from '../../shared/decimals.js'
import { missingFault, timeOf } from '../../shared/fields.js'
import type { PushReader } from '../../shared/push.js'
import type { MexcSpotStreams } from '../streams.js'

const balance = protoShape({
  vcoinName: protoText(1),
  coinId: protoText(2),
  balanceAmount: protoAmount(3),
  balanceAmountChange: protoAmount(4),
  frozenAmount: protoAmount(5),
  frozenAmountChange: protoText(6),
  type: protoText(7),
  time: protoInteger(8),
})

/**
 * `spot@private.account`: one asset after a change. `total` is the exact sum of free and locked, `change` that of the free amount, and `reason`
 * the exchange's own word in lower case (`entrust_place`), from an open set. Source: MEXC spot v3 API docs, "Spot Account Update".
 */
export const balancesPush: PushReader<MexcSpotStreams> = {
  field: 307,
  channel: 'private.account',
  shape: balance,
  isQuote: false,
  read(push, { account }) {
    const { slots } = balance
    const asset = balance.textOrNull(slots.vcoinName)
    if (asset === null) return missingFault({ vcoinName: asset })
    const free = balance.textOrNull(slots.balanceAmount)
    const locked = balance.textOrNull(slots.frozenAmount)
    const data = {
      asset,
      free,
      locked,
      total: free === null || locked === null ? null : addDecimals(free, locked),
      change: balance.textOrNull(slots.balanceAmountChange),
      reason: balance.textOrNull(slots.type)?.toLowerCase() ?? null,
      time: timeOf(balance.number(slots.time)),
    }
    return dataMessage<'balances'>(account.balances, null, [data], push.exchangeTime, push.receivedAt, null)
  },
}
