import type { GapEvent } from '@tapewire/core'
import { formatTime } from '../messages/format-number.js'
import { oneLine } from '../terminal/one-line.js'

/** A gap in a line: `gap of trades BTC/USDT, 12:34:56.789 to 12:34:58.000 (connection lost): backfilled, 37 fetched`. */
export function gapText({ stream, channel, symbol, from, to, reason, action, backfilled, fault }: GapEvent): string {
  const what = `gap of ${channel} ${symbol?.name ?? stream.id}`
  const when = `${formatTime(from)} to ${to === null ? 'now' : formatTime(to)}`
  const fetched = backfilled === 0 ? '' : `, ${backfilled} fetched`
  const why = fault === null ? '' : `: ${fault}`
  return oneLine(`${what}, ${when} (${reason}): ${action}${fetched}${why}`)
}
