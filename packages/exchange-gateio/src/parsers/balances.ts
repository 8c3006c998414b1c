import { type BalanceData, type BalanceMessage, MessageType, type ParsedMessage } from '@tapewire/core'
import { wireChannels } from '../channels.js'
import { emptyPush, malformedRow, rowsOf } from './account-rows.js'
import { FieldFault, type Fields, fieldsOf, optionalAmountText, optionalText, text } from './fields.js'
import type { PushContext } from './push.js'
import { optionalTime } from './times.js'

/**
 * `spot.balances`: one row for each asset that changed; all rows of a push make one message. Source: Gate.io spot WebSocket v4 docs.
 *
 * ```json
 * {"timestamp":"1767225606","timestamp_ms":"1767225606765","user":"1000001","currency":"USDT","change":"90.0099","total":"1090.0099",
 *  "available":"1090.0099","freeze":"0","freeze_change":"0","change_type":"order-match"}
 * ```
 */
export function balanceMessages(result: unknown, context: PushContext): ParsedMessage | readonly ParsedMessage[] {
  const data: BalanceData[] = []
  const faults: ParsedMessage[] = []
  for (const row of rowsOf(result)) {
    try {
      data.push(readBalance(fieldsOf(row, 'a row')))
    } catch (thrown) {
      if (!(thrown instanceof FieldFault)) throw thrown
      faults.push(malformedRow(wireChannels.balances, thrown, context))
    }
  }
  if (data.length === 0) return faults.length === 0 ? emptyPush(wireChannels.balances, context) : faults
  const message: BalanceMessage = {
    type: MessageType.Balance,
    symbol: null,
    channel: 'balances',
    data,
    exchangeTime: latestTime(data) ?? context.sentAt,
    receivedAt: context.receivedAt,
    sequence: null,
    raw: null,
  }
  return faults.length === 0 ? message : [message, ...faults]
}

function readBalance(row: Fields): BalanceData {
  return {
    asset: text(row, 'currency'),
    free: optionalAmountText(row, 'available'),
    locked: optionalAmountText(row, 'freeze'),
    total: optionalAmountText(row, 'total'),
    change: optionalAmountText(row, 'change'),
    reason: optionalText(row, 'change_type'),
    time: optionalTime(row, 'timestamp_ms', 'timestamp'),
  }
}

function latestTime(rows: readonly BalanceData[]): number | null {
  const times = rows.map((row) => row.time).filter((time) => time !== null)
  return times.length === 0 ? null : Math.max(...times)
}
