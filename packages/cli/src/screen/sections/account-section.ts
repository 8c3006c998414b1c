import { formatNumber } from '../../messages/format-number.js'
import type { ShownAccount } from '../shot.js'
import { sideSpan } from '../signs.js'
import type { Section } from '../stack.js'
import { fitCells, type Line, span } from '../text/line.js'

const mostLines = 8

/** What the account holds, its latest fill, its open orders. Amounts are shown whole or not at all. */
export function accountSection(account: ShownAccount): Section {
  const { orders, balances, executions } = account
  const isOne = orders.length === 1
  return {
    title: [span(`own account: ${orders.length} open ${isOne ? 'order' : 'orders'}`)],
    least: 2,
    wish: () =>
      Math.min(mostLines, Math.max(2, orders.length + Math.min(1, executions.length) + Math.min(1, balances.length))),
    rank: 6,
    draw: (width) => [
      ...holdings(account, width),
      ...lastFill(account, width),
      ...orders.map((order) => drawOrder(order, width)),
    ],
  }
}

function holdings({ balances }: ShownAccount, width: number): readonly Line[] {
  if (balances.length === 0) return []
  const cells = balances.map(({ asset, free, total }, index) => ({
    line: [span(`${asset} `, 'dim'), span(fewDecimals(free ?? total))],
    rank: index,
  }))
  return [fitCells(cells, width)]
}

function lastFill({ executions }: ShownAccount, width: number): readonly Line[] {
  const [fill] = executions
  if (fill === undefined) return []
  return [
    fitCells(
      [
        { line: [span('filled', 'accent')], rank: 4 },
        { line: [span(fill.symbol)], rank: 2 },
        { line: [sideSpan(fill.side, width >= 40)], rank: 0 },
        { line: [span(`${fewDecimals(fill.size)} @ ${fill.price}`)], rank: 1 },
        { line: [span(fill.liquidity ?? '', 'dim')], rank: 5 },
      ],
      width,
      1,
    ),
  ]
}

function drawOrder(order: ShownAccount['orders'][number], width: number): Line {
  const { symbol, side, size, price, status } = order
  return fitCells(
    [
      { line: [span(symbol)], rank: 2 },
      { line: [sideSpan(side, width >= 40)], rank: 0 },
      { line: [span(`${fewDecimals(size)} @ ${price ?? 'market'}`)], rank: 1 },
      { line: [span(status?.replace('_', ' ') ?? '', 'dim')], rank: 3 },
    ],
    width,
    1,
  )
}

/** Exact amounts are long; a glance needs six decimals, rounded. */
function fewDecimals(text: string | null): string {
  return text === null ? '–' : formatNumber(Math.round(Number(text) * 1e6) / 1e6)
}
