import { type BalanceData, type ExecutionData, type FeedMessage, type Instrument, MessageType } from '@tapewire/core'
import type { AccountEvent, BalanceReason } from '@tapewire/testkit'

/** What a message says beyond its times. */
export interface Told {
  readonly type: MessageType
  readonly channel: string | null
  readonly symbol: Instrument | null
  readonly data: unknown
}

/** The part of a message that a simulated event decides. */
export function toldBy({ type, channel, symbol, data }: FeedMessage): Told {
  return { type, channel, symbol, data }
}

/** The exchanges' own words for why a balance changed. */
const reasons: Readonly<Record<string, Readonly<Record<BalanceReason, string>>>> = {
  gateio_spot: {
    order: 'order-create',
    fill: 'order-match',
    cancel: 'order-update',
    fee: 'trade-fee-deduct',
    deposit: 'deposit',
  },
  mexc_spot: {
    order: 'entrust_place',
    fill: 'entrust',
    cancel: 'entrust_cancel',
    fee: 'trade_fee',
    deposit: 'deposit',
  },
}

/** The message an adapter must make of what happened on the account, amounts digit by digit. */
export function expectedOf(exchange: string, event: AccountEvent): Told {
  switch (event.kind) {
    case 'order': {
      const { kind, pair, protectivePrice, quoteSize, filledQuote, fee, endedBy, ...order } = event
      return { type: MessageType.Order, channel: 'orders', symbol: pair, data: order }
    }
    case 'fill': {
      const { kind, pair, quoteSize, time, ...fill } = event
      // Gate.io does not send what a fill cost, and its times of fills have a fraction.
      const execution: ExecutionData =
        exchange === 'gateio_spot'
          ? { ...fill, quoteSize: null, time: Number(`${time}.12`) }
          : { ...fill, quoteSize, time }
      return { type: MessageType.Trade, channel: 'executions', symbol: pair, data: execution }
    }
    case 'balance': {
      const { kind, lockedChange, reason, ...amounts } = event
      const balance: BalanceData = { ...amounts, reason: reasons[exchange]?.[reason] ?? null }
      return { type: MessageType.Balance, channel: 'balances', symbol: null, data: [balance] }
    }
  }
}
