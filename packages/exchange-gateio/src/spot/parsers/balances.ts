import type { BalanceData } from '@tapewire/core'
import { dataMessage, decimalText, malformedFrame, type ParsedMessage, subtractDecimals } from '@tapewire/core/adapter'
import { isFields, numberOf, optionalText, timeOf } from '../../shared/fields.js'
import type { AccountReader } from '../../shared/push.js'
import { wireChannels } from '../channels.js'

const wireChannel = wireChannels.balances

/**
 * `spot.balances`: one row for each asset that changed, of which this is what we read; all rows of a push make one message. `change` is that of
 * `total`, so 0 where an order locks what was available: that is in `freeze_change`. Source: Gate.io spot WebSocket v4 docs.
 *
 * ```json
 * {"timestamp":"1767225606","timestamp_ms":"1767225606765","user":"1000001","currency":"USDT","change":"90.0099","total":"1090.0099",
 *  "available":"1090.0099","freeze":"0","freeze_change":"0","change_type":"order-match"}
 * ```
 */
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
  if (!isFields(row)) return 'a row is not an object'
  const asset = optionalText(row.currency)
  if (asset === null) return 'a row names no currency'
  const change = decimalText(row.change)
  const lockedChange = decimalText(row.freeze_change)
  return {
    asset,
    free: decimalText(row.available),
    locked: decimalText(row.freeze),
    total: decimalText(row.total),
    change,
    freeChange: change === null || lockedChange === null ? null : subtractDecimals(change, lockedChange),
    reason: optionalText(row.change_type)?.toLowerCase() ?? null,
    time: timeOf(numberOf(row.timestamp_ms), numberOf(row.timestamp)),
  }
}

function latestTime(rows: readonly BalanceData[]): number | null {
  const times = rows.map((row) => row.time).filter((time) => time !== null)
  return times.length === 0 ? null : Math.max(...times)
}
