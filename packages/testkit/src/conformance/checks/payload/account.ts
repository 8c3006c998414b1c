import type { ChannelMessage } from '@tapewire/core'
import type { AccountEvent, BalanceEvent, FillEvent, OrderEvent } from '../../../market/account-event.js'
import type { ConformanceCheck } from '../../check.js'
import { fail } from '../../check-failure.js'
import type { Lab } from '../../lab/lab.js'
import { wholeAccountStory } from '../../lab/whole-stories.js'
import { expectTrueRow, nearestRow, type TrueRow, whereOf } from '../../truth/comparison.js'
import { lagMs, toldOn } from '../../truth/told.js'
import { amount, between, momentOf, roughAmount, word } from '../../truth/true-value.js'

const area = { level: 'must', needs: ['account'] } as const

/** What an adapter tells of an account against what happened to it. */
export const accountPayloadChecks: readonly ConformanceCheck[] = [
  {
    ...area,
    id: 'payload.orders-are-true',
    title: 'side, type, status, times and every amount of an order are those that it had, to the last digit',
    needs: ['account', 'orders'],
    file: 'parsers/orders.ts',
    docs: 'messages.md#orders',
    run: (lab) =>
      expectTold(lab, {
        channel: 'orders',
        name: 'order',
        of: (event): event is OrderEvent => event.kind === 'order',
        row: trueOrder,
      }),
  },
  {
    ...area,
    id: 'payload.executions-are-true',
    title: 'side, price, size, fee and ids of a fill are those that it had, to the last digit',
    needs: ['account', 'executions'],
    file: 'parsers/executions.ts',
    docs: 'messages.md#executions',
    run: (lab) =>
      expectTold(lab, {
        channel: 'executions',
        name: 'execution',
        of: (event): event is FillEvent => event.kind === 'fill',
        row: trueFill,
      }),
  },
  {
    ...area,
    id: 'payload.balances-are-true',
    title:
      'free, locked and total amounts of an asset, and by how much they changed, are those that it had, to the last digit',
    needs: ['account', 'balances'],
    file: 'parsers/balances.ts',
    docs: 'messages.md#balances',
    async run(lab) {
      const story = await wholeAccountStory(lab)
      const { events } = story
      const balances = events.filter((event): event is BalanceEvent => event.kind === 'balance')
      for (const message of toldOn(story, 'balances')) {
        for (const row of message.data) {
          const ofAsset = balances.filter(({ asset }) => asset === row.asset)
          if (ofAsset.length === 0) failUnknown('balances', message, row.asset, balances)
          const recent = ofAsset.filter(({ time }) => Math.abs(message.receivedAt - time) <= lagMs)
          const rows = recent.map((balance) => trueBalance(balance, message))
          expectTrueRow({ ...row }, nearestRow({ ...row }, rows), {
            channel: 'balances',
            what: `the balance of ${row.asset}`,
            frame: message.raw,
          })
        }
      }
    },
  },
  {
    ...area,
    id: 'payload.balance-reasons',
    title: 'the reason of a balance is the exchange’s own word, in lower case',
    level: 'should',
    needs: ['account', 'balances'],
    file: 'parsers/balances.ts',
    docs: 'messages.md#balances',
    async run(lab) {
      const story = await wholeAccountStory(lab)
      for (const { data, raw } of toldOn(story, 'balances')) {
        for (const { reason } of data) {
          if (reason === null || reason === reason.toLowerCase()) continue
          fail('the reason of a balance is not in lower case', {
            expected: reason.toLowerCase(),
            got: reason,
            ...whereOf({ channel: 'balances', frame: raw }),
          })
        }
      }
    },
  },
]

/** What is told on a channel whose messages are each of one thing that has an id. */
interface ToldThing<Event extends OrderEvent | FillEvent> {
  readonly channel: 'orders' | 'executions'
  readonly name: string
  of(event: AccountEvent): event is Event
  row(event: Event, message: ChannelMessage<'orders' | 'executions'>): TrueRow
}

/** Fails where a message says what none of the states of the thing of its id was. */
async function expectTold<Event extends OrderEvent | FillEvent>(
  lab: Lab,
  { channel, name, of, row }: ToldThing<Event>,
): Promise<void> {
  const story = await wholeAccountStory(lab)
  const happened = story.events.filter(of)
  for (const message of toldOn(story, channel)) {
    const { data, symbol, raw } = message
    const ofId = happened.filter(({ id, pair }) => id === data.id && pair === symbol)
    if (ofId.length === 0) failUnknown(channel, message, data.id, happened)
    const rows = ofId.map((event) => row(event, message))
    expectTrueRow({ ...data }, nearestRow({ ...data }, rows), { channel, what: `the ${name} ${data.id}`, frame: raw })
  }
}

function failUnknown(
  channel: 'orders' | 'executions' | 'balances',
  { symbol, raw }: ChannelMessage<'orders' | 'executions' | 'balances'>,
  got: string,
  events: readonly AccountEvent[],
): never {
  const ofMarket = events.filter((event) => event.kind === 'balance' || symbol === null || event.pair === symbol)
  const known = ofMarket.map((event) => (event.kind === 'balance' ? event.asset : event.id))
  fail(`the account had nothing of ${symbol?.name ?? 'the kind'} that is called ${got}`, {
    expected: [...new Set(known)],
    got,
    ...whereOf({ channel, frame: raw }),
  })
}

function trueOrder(order: OrderEvent, { receivedAt }: Pick<ChannelMessage<'orders'>, 'receivedAt'>): TrueRow {
  return {
    clientId: word(order.clientId),
    side: word(order.side),
    type: word(order.type),
    timeInForce: word(order.timeInForce),
    status: word(order.status),
    price: amount(order.price),
    triggerPrice: amount(order.triggerPrice),
    size: amount(order.size),
    filledSize: amount(order.filledSize),
    remainingSize: amount(order.remainingSize),
    averagePrice: roughAmount(order.averagePrice),
    createdAt: momentOf(order.createdAt),
    updatedAt: between(order.updatedAt, receivedAt),
  }
}

function trueFill(fill: FillEvent): TrueRow {
  return {
    orderId: word(fill.orderId),
    clientId: word(fill.clientId),
    side: word(fill.side),
    price: amount(fill.price),
    size: amount(fill.size),
    quoteSize: amount(fill.quoteSize),
    fee: amount(fill.fee),
    feeAsset: word(fill.feeAsset),
    liquidity: word(fill.liquidity),
    time: momentOf(fill.time),
  }
}

function trueBalance(balance: BalanceEvent, { receivedAt }: ChannelMessage<'balances'>): TrueRow {
  return {
    free: amount(balance.free),
    locked: amount(balance.locked),
    total: amount(balance.total),
    change: amount(balance.change),
    freeChange: amount(balance.freeChange),
    time: between(balance.time, receivedAt),
  }
}
