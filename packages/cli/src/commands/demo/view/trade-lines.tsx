import { Box, Text } from 'ink'
import type { ReactElement } from 'react'
import { formatNumber, formatTime } from '../../../messages/format-number.js'
import type { TapedTrade } from './panel-model.js'

/** The latest trades, newest first. The first line names them. */
export function TradeLines({
  trades,
  lines,
  width,
}: {
  trades: readonly TapedTrade[]
  lines: number
  width: number
}): ReactElement {
  return (
    <Box flexDirection="column" width={width}>
      <Text dimColor>trades</Text>
      {trades.slice(0, lines - 1).map((trade) => (
        <Text key={`${trade.symbol} ${trade.number}`} wrap="truncate">
          <Text dimColor>{formatTime(trade.time)}</Text> {trade.symbol.padEnd(9)}{' '}
          <Text color={trade.side === 'buy' ? 'green' : 'red'}>
            {trade.side.padEnd(4)} {formatNumber(trade.size)} @ {formatNumber(trade.price)}
          </Text>
        </Text>
      ))}
    </Box>
  )
}
