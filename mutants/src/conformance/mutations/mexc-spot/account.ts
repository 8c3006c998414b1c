import type { AdapterMutation } from '../../adapter-mutation.js'
import { inFile } from './in-file.js'

/** Orders, executions and balances that say something else than MEXC does. */
export const accountMutations: readonly AdapterMutation[] = [
  ...inFile('spot/parsers/balances.ts', [
    {
      name: 'free and locked are swapped',
      check: 'payload.balances-are-true',
      find: 'const free = balance.textOrNull(slots.balanceAmount)\n    const locked = balance.textOrNull(slots.frozenAmount)',
      replace:
        'const free = balance.textOrNull(slots.frozenAmount)\n    const locked = balance.textOrNull(slots.balanceAmount)',
    },
    {
      name: 'the total of a balance is what is free',
      check: 'payload.balances-are-true',
      find: 'total: sumOf(free, locked)',
      replace: 'total: free',
    },
    {
      name: 'the change of a balance has no sign',
      check: 'payload.balances-are-true',
      find: 'change: sumOf(freeChange, balance.textOrNull(slots.frozenAmountChange))',
      replace: "change: sumOf(freeChange, balance.textOrNull(slots.frozenAmountChange))?.replace('-', '') ?? null",
    },
    {
      name: 'what is free goes through a number',
      check: 'account.text',
      find: 'const free = balance.textOrNull(slots.balanceAmount)',
      replace: 'const free = Number(balance.textOrNull(slots.balanceAmount))',
    },
    {
      name: 'what is free is told to eight digits',
      check: 'payload.balances-are-true',
      find: 'const free = balance.textOrNull(slots.balanceAmount)',
      replace: 'const free = Number(balance.textOrNull(slots.balanceAmount)).toPrecision(8)',
    },
    {
      name: 'the reason of a balance is in upper case',
      check: 'payload.balance-reasons',
      find: 'balance.textOrNull(slots.type)?.toLowerCase() ?? null',
      replace: 'balance.textOrNull(slots.type)',
    },
  ]),
  ...inFile('spot/parsers/orders.ts', [
    {
      name: 'an order that is filled in part is told as filled',
      check: 'account.limit-filled',
      find: "3: 'partially_filled'",
      replace: "3: 'filled'",
    },
    {
      name: 'an order that is cancelled in part is told as cancelled',
      check: 'account.limit-cancelled',
      find: "5: 'partially_cancelled'",
      replace: "5: 'cancelled'",
    },
    {
      name: 'a cancelled order has a status that nobody knows',
      check: 'account.time-in-force',
      find: "4: 'cancelled',",
      replace: '',
    },
    {
      name: 'IOC and FOK are swapped',
      check: 'account.time-in-force',
      find: "3: { type: 'limit', timeInForce: 'ioc' },\n  4: { type: 'limit', timeInForce: 'fok' }",
      replace: "3: { type: 'limit', timeInForce: 'fok' },\n  4: { type: 'limit', timeInForce: 'ioc' }",
    },
    {
      name: 'post-only orders are usual ones',
      check: 'payload.orders-are-true',
      find: "2: { type: 'limit', timeInForce: 'post_only' }",
      replace: "2: { type: 'limit', timeInForce: 'gtc' }",
    },
    {
      name: 'the side of an order is inverted',
      check: 'payload.orders-are-true',
      find: 'const side = sideOf(order.number(slots.tradeType))',
      replace: 'const side = sideOf(3 - order.number(slots.tradeType))',
    },
    {
      name: 'what remains of an order is its size',
      check: 'payload.orders-are-true',
      find: 'remainingSize: order.textOrNull(slots.remainQuantity)',
      replace: 'remainingSize: order.textOrNull(slots.quantity)',
    },
    {
      name: 'what is filled of an order is what remains',
      check: 'payload.orders-are-true',
      find: 'filledSize: order.textOrNull(slots.cumulativeQuantity)',
      replace: 'filledSize: order.textOrNull(slots.remainQuantity)',
    },
    {
      name: 'what is filled of an order is its last fill',
      check: 'payload.orders-are-true',
      find: 'filledSize: order.textOrNull(slots.cumulativeQuantity)',
      replace: 'filledSize: order.textOrNull(slots.lastDealQuantity)',
    },
    {
      name: 'the average price of an order without fills is 0',
      check: 'payload.orders-are-true',
      find: 'averagePrice: positive(order.textOrNull(slots.avgPrice))',
      replace: 'averagePrice: order.textOrNull(slots.avgPrice)',
    },
    {
      name: 'the price of an order goes through a number',
      check: 'account.text',
      find: "price: type === 'market' ? null : positive(order.textOrNull(slots.price))",
      replace: "price: type === 'market' ? null : Number(order.textOrNull(slots.price))",
    },
    {
      name: 'market orders have the price that protects them',
      check: 'account.market-orders',
      find: "price: type === 'market' ? null : positive(",
      replace: 'price: positive(',
    },
    {
      name: 'a market buy that names what to spend has the size 0',
      check: 'account.market-orders',
      find: "if (type === 'market' && side !== 'sell' && namesQuote()) {",
      replace: "if (type === null && side !== 'sell' && namesQuote()) {",
    },
    {
      name: 'an order that waits for its trigger price has no status',
      check: 'account.stop-order',
      find: 'if (status !== 0) return statuses[status] ?? null',
      replace: 'return statuses[status] ?? null',
    },
    {
      name: 'the trigger price of an order is its limit price',
      check: 'account.stop-order',
      find: 'triggerPrice: positive(order.textOrNull(slots.triggerPrice))',
      replace: 'triggerPrice: positive(order.textOrNull(slots.price))',
    },
    {
      name: 'an order was created when it was pushed',
      check: 'payload.orders-are-true',
      find: 'createdAt: timeOf(order.number(slots.createTime))',
      replace: 'createdAt: push.exchangeTime',
    },
    {
      name: 'an order has the id that its owner gave it',
      check: 'account.one-name-an-order',
      find: 'const id = order.textOrNull(slots.id)',
      replace: 'const id = order.textOrNull(slots.clientId)',
    },
    {
      name: 'orders are told on the stream of executions',
      check: 'payload.every-channel-is-told',
      find: "dataMessage<'orders'>(account.orders,",
      replace: "dataMessage<'orders'>(account.executions,",
    },
  ]),
  ...inFile('spot/parsers/executions.ts', [
    {
      name: 'the side of a fill is inverted',
      check: 'payload.executions-are-true',
      find: 'side: sideOf(fill.number(slots.tradeType))',
      replace: 'side: sideOf(3 - fill.number(slots.tradeType))',
    },
    {
      name: 'the size of a fill is in the quote asset',
      check: 'payload.executions-are-true',
      find: 'const size = fill.textOrNull(slots.quantity)',
      replace: 'const size = fill.textOrNull(slots.amount)',
    },
    {
      name: 'the fee of a fill has the other sign',
      check: 'payload.executions-are-true',
      find: 'fee: fill.textOrNull(slots.feeAmount)',
      replace: 'fee: `-${fill.textOrNull(slots.feeAmount)}`',
    },
    {
      name: 'the fee of every fill is in the quote asset',
      check: 'payload.executions-are-true',
      find: 'feeAsset: fill.textOrNull(slots.feeCurrency)',
      replace: 'feeAsset: instrument.quote',
    },
    {
      name: 'maker and taker are swapped',
      check: 'payload.executions-are-true',
      find: "? 'taker' : 'maker'",
      replace: "? 'maker' : 'taker'",
    },
    {
      name: 'a fill has the id of its order',
      check: 'payload.executions-are-true',
      find: 'const id = fill.textOrNull(slots.tradeId)',
      replace: 'const id = fill.textOrNull(slots.orderId)',
    },
    {
      name: 'the price of a fill goes through a number',
      check: 'account.text',
      find: 'const price = fill.textOrNull(slots.price)',
      replace: 'const price = Number(fill.textOrNull(slots.price))',
    },
    {
      name: 'the time of a fill is in seconds',
      check: 'payload.executions-are-true',
      find: 'time: timeOf(fill.number(slots.time))',
      replace: 'time: Math.floor(fill.number(slots.time) / 1_000)',
    },
  ]),
  ...inFile('spot/account-backfill.ts', [
    {
      name: 'the side of a fill that is fetched is inverted',
      check: 'account.executions-fetched',
      find: "side: typeof row.isBuyer === 'boolean' ? sideOf(row.isBuyer) : null",
      replace: "side: typeof row.isBuyer === 'boolean' ? sideOf(!row.isBuyer) : null",
    },
    {
      name: 'a fill that is fetched has the id of its order',
      check: 'account.executions-fetched',
      find: 'const [id, orderId] = [optionalText(row.id), optionalText(row.orderId)]',
      replace: 'const [id, orderId] = [optionalText(row.orderId), optionalText(row.id)]',
    },
    {
      name: 'fills are fetched of one market, whichever is asked for',
      check: 'account.executions-fetched',
      find: 'const symbol = wireSymbolOf(instrument)',
      replace: "const symbol = 'BTCUSDT'",
    },
    {
      name: 'only the newest fill is fetched',
      check: 'account.executions-fetched',
      find: 'return rows.map((row) => executionMessage(row, request, env.clock.now()))',
      replace: 'return rows.slice(0, 1).map((row) => executionMessage(row, request, env.clock.now()))',
    },
    {
      name: 'an order that is fetched is open, whatever became of it',
      check: 'account.orders-fetched',
      find: "['FILLED', 'filled'],",
      replace: "['FILLED', 'open'],",
    },
    {
      name: 'what remains of an order that is fetched is what is filled',
      check: 'account.orders-fetched',
      find: 'subtractDecimals(size, filledSize)',
      replace: 'filledSize',
    },
  ]),
]
