/** What the second form of a private channel leaves out. Source: Gate.io spot WebSocket v4 docs, `spot.orders_v2`, `spot.usertrades_v2`. */
const leftOut: Readonly<Record<string, readonly string[]>> = {
  'spot.orders': ['fee', 'point_fee', 'gt_fee', 'rebated_fee'],
  'spot.usertrades': ['fee', 'point_fee', 'gt_fee', 'fee_currency'],
}

/** A row as the channel's second form pushes it, with that form's name; empty where the channel has only one. */
export function secondForms(channel: string, row: object): (readonly [channel: string, row: object])[] {
  const names = leftOut[channel]
  if (names === undefined) return []
  return [[`${channel}_v2`, Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)))]]
}
