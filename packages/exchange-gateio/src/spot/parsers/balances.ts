import type { BalanceData } from '@tapewire/core'
import {
  amountOrEmpty,
  dataMessage,
  decimalOrEmpty,
  jsonShape,
  malformedFrame,
  optional,
  type ParsedMessage,
  text,
} from '@tapewire/core/adapter'
import { optionalText, timeOf } from '../../shared/fields.js'
import type { AccountReader } from '../../shared/push.js'
import { wireChannels } from '../channels.js'

const wireChannel = wireChannels.balances

/**
 * `spot.balances`: one row for each asset that changed, of which this is what we read; all rows of a push make one message.
 * Source: Gate.io spot WebSocket v4 docs.
 *
 * ```json
 * {"timestamp":"1767225606","timestamp_ms":"1767225606765","user":"1000001","currency":"USDT","change":"90.0099","total":"1090.0099",
 *  "available":"1090.0099","freeze":"0","freeze_change":"0","change_type":"order-match"}
 * ```
 */
const shape = jsonShape({
  currency: text,
  timestamp: optional(decimalOrEmpty),
  timestamp_ms: optional(decimalOrEmpty),
  change: optional(amountOrEmpty),
  total: optional(amountOrEmpty),
  available: optional(amountOrEmpty),
  freeze: optional(amountOrEmpty),
  change_type: optional(text),
})
const { slots } = shape

export const balancesPush: AccountReader = {
  wireChannel,
  read(rows, { streams, sentAt, receivedAt }) {
    const stream = streams.of(wireChannel)
    const data: BalanceData[] = []
    const faults: ParsedMessage[] = []
    for (const row of rows) {
      const balance = readBalance(row)
      if (typeof balance !== 'string') data.push(balance)
      else faults.push(malformedFrame(receivedAt, `${wireChannel}: ${balance}.`, { wireChannel, stream }))
    }
    if (stream === null || data.length === 0) return faults
    return [dataMessage<'balances'>(stream, null, data, latestTime(data) ?? sentAt, receivedAt, null), ...faults]
  },
}

/** The balance of a row, or why it cannot be read. */
function readBalance(row: unknown): BalanceData | string {
  const fault = shape.load(row)
  if (fault !== null) return fault
  const asset = optionalText(shape.text(slots.currency))
  if (asset === null) return 'currency is empty'
  return {
    asset,
    free: shape.text(slots.available),
    locked: shape.text(slots.freeze),
    total: shape.text(slots.total),
    change: shape.text(slots.change),
    reason: optionalText(shape.text(slots.change_type)),
    time: timeOf(shape.number(slots.timestamp_ms), shape.number(slots.timestamp)),
  }
}

function latestTime(rows: readonly BalanceData[]): number | null {
  const times = rows.map((row) => row.time).filter((time) => time !== null)
  return times.length === 0 ? null : Math.max(...times)
}
