import type { OrderData } from '@tapewire/core'
import { Box, Text } from 'ink'
import type { ReactElement } from 'react'
import type { LiveOrder } from '../../../live/live-account.js'
import type { PanelModel } from './panel-model.js'

/** The account in as many lines as there are: what it holds, then its open orders, the latest fill last. */
export function AccountLines({
  model,
  lines,
  width,
}: {
  model: Pick<PanelModel, 'balances' | 'orders' | 'executions'>
  lines: number
  width: number
}): ReactElement {
  const { balances, orders, executions } = model
  const fill = executions[0]
  const holdings = balances.map(({ asset, free, total }) => `${asset} ${shortAmount(free ?? total)}`).join('  ')
  const room = Math.max(0, lines - 2 - (fill === undefined ? 0 : 1))
  return (
    <Box flexDirection="column" width={width}>
      <Text dimColor>{`own account: ${orders.length} open ${orders.length === 1 ? 'order' : 'orders'}`}</Text>
      <Text wrap="truncate">{holdings === '' ? 'no change yet' : holdings}</Text>
      {orders.slice(0, room).map((order) => (
        <OrderLine key={order.id} order={order} />
      ))}
      {fill !== undefined && lines > 2 && (
        <Text wrap="truncate">
          <Text color="yellow">filled</Text> {fill.symbol} <Side side={fill.side} /> {fill.size} @ {fill.price}{' '}
          <Text dimColor>{fill.liquidity ?? ''}</Text>
        </Text>
      )}
    </Box>
  )
}

function OrderLine({ order }: { order: LiveOrder }): ReactElement {
  return (
    <Text wrap="truncate">
      {order.symbol.padEnd(9)} <Side side={order.side} /> {order.size ?? '–'} @ {order.price ?? 'market'}{' '}
      <Text dimColor>{order.status?.replace('_', ' ')}</Text>
    </Text>
  )
}

function Side({ side }: { side: OrderData['side'] }): ReactElement {
  if (side === null) return <Text>– </Text>
  return <Text color={side === 'buy' ? 'green' : 'red'}>{side.padEnd(4)}</Text>
}

/** Exact amounts are long; a glance needs four decimals. */
function shortAmount(text: string | null): string {
  if (text === null) return '–'
  const [whole = '', fraction = ''] = text.split('.')
  return fraction === '' ? whole : `${whole}.${fraction.slice(0, 4)}`
}
