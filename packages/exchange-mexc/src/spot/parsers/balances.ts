import {
  addDecimals,
  dataMessage,
  protoAmountOrNone,
  protoInteger,
  protoShape,
  protoText,
} from '@tapewire/core/adapter'
import { missingFault, timeOf } from '../../shared/fields.js'
import type { PushReader } from '../../shared/push.js'
import { wireChannels } from '../channels.js'
import type { MexcSpotStreams } from '../streams.js'

const balance = protoShape({
  vcoinName: protoText(1),
  coinId: protoText(2),
  balanceAmount: protoAmountOrNone(3),
  balanceAmountChange: protoAmountOrNone(4),
  frozenAmount: protoAmountOrNone(5),
  frozenAmountChange: protoAmountOrNone(6),
  type: protoText(7),
  time: protoInteger(8),
})

/**
 * `spot@private.account`: one asset after a change, of what is free and what is frozen; `total` and its change are the exact sums of both. `reason` is the
 * exchange's own word in lower case (`entrust_place`), from an open set. Source: MEXC spot v3 API docs, "Spot Account Update".
 */
export const balancesPush: PushReader<MexcSpotStreams> = {
  field: 307,
  channel: 'private.account',
  wireChannel: wireChannels.privateAccount,
  shape: balance,
  isQuote: false,
  read(push, { account }) {
    const { slots } = balance
    const asset = balance.textOrNull(slots.vcoinName)
    if (asset === null) return missingFault({ vcoinName: asset })
    const free = balance.textOrNull(slots.balanceAmount)
    const locked = balance.textOrNull(slots.frozenAmount)
    const freeChange = balance.textOrNull(slots.balanceAmountChange)
    const data = {
      asset,
      free,
      locked,
      total: sumOf(free, locked),
      change: sumOf(freeChange, balance.textOrNull(slots.frozenAmountChange)),
      freeChange,
      reason: balance.textOrNull(slots.type)?.toLowerCase() ?? null,
      time: timeOf(balance.number(slots.time)),
    }
    return dataMessage<'balances'>(
      account.balances,
      null,
      [data],
      data.time ?? push.exchangeTime,
      push.receivedAt,
      null,
    )
  },
}

/** Null where one of both was not sent. */
function sumOf(free: string | null, locked: string | null): string | null {
  return free === null || locked === null ? null : addDecimals(free, locked)
}
