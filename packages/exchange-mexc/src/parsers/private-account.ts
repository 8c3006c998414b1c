import { type BalanceMessage, MessageType } from '@tapewire/core'
import { addDecimals } from '../add-decimals.js'
import type { PrivateAccountV3Api } from '../generated/account.js'
import type { PushOrigin } from './push-origin.js'
import { readOptionalAmount, readText, readTime } from './read-value.js'

/**
 * `spot@private.account`: one asset after a change. `total` is the exact sum of free and locked, `change` that of the free amount, and `reason`
 * the exchange's own word in lower case (`entrust_place`), from an open set. Source: MEXC spot v3 API docs, "Spot Account Update".
 */
export function normalisePrivateAccount(origin: PushOrigin, body: PrivateAccountV3Api): BalanceMessage {
  const free = readOptionalAmount(body.balanceAmount, 'balanceAmount')
  const locked = readOptionalAmount(body.frozenAmount, 'frozenAmount')
  const balance = {
    asset: readText(body.vcoinName, 'vcoinName'),
    free,
    locked,
    total: free === null || locked === null ? null : addDecimals(free, locked),
    change: readOptionalAmount(body.balanceAmountChange, 'balanceAmountChange'),
    reason: body.type === '' ? null : body.type.toLowerCase(),
    time: readTime(body.time),
  }
  return {
    type: MessageType.Balance,
    symbol: null,
    channel: 'balances',
    data: [balance],
    exchangeTime: origin.exchangeTime,
    receivedAt: origin.receivedAt,
    sequence: null,
    raw: null,
  }
}
