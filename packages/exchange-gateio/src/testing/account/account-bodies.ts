import type { AccountBalance, FillEvent, OrderEvent } from '@tapewire/testkit'
import { isOpen } from './account-orders.js'
import { accountRow } from './account-pushes.js'

/** An order as REST and the socket's requests write it: as it is pushed, but with a state, and times in ms that are numbers. Source: Gate.io REST v4 docs. */
export function orderBody(order: OrderEvent): object {
  const { event: _, user: __, ...row } = rowOf(order)
  return {
    ...row,
    status: statusOf(order),
    create_time_ms: Number(row.create_time_ms),
    update_time_ms: Number(row.update_time_ms),
    iceberg: '0',
    fill_price: row.filled_total,
  }
}

/** A fill as REST writes it: as it is pushed, but ids and times are text. */
export function fillBody(fill: FillEvent): object {
  const { user_id: _, id_market, ...row } = rowOf(fill)
  return { ...row, id: String(row.id), create_time: String(row.create_time), sequence_id: String(id_market) }
}

export function accountBody({ asset, free, locked }: AccountBalance): object {
  return { currency: asset, available: free, locked, update_id: 0 }
}

function rowOf(event: OrderEvent | FillEvent): Record<string, unknown> {
  return { ...accountRow(event)?.row }
}

function statusOf(order: OrderEvent): string {
  if (isOpen(order)) return 'open'
  return order.status === 'filled' ? 'closed' : 'cancelled'
}
