import { type Fields, optionalText } from './fields.js'

/**
 * The client's own id of an order, as it was sent. Gate.io keeps it in `text` with the prefix `t-`; any other `text` names where the
 * order came from (`apiv4`, `web`). Source: Gate.io spot WebSocket v4 docs.
 */
export function clientIdOf(row: Fields): string | null {
  const label = optionalText(row, 'text')
  return label?.startsWith('t-') ? label : null
}
