import type { ConformanceCheck } from '../../check.js'
import { expectEqual, expectTrue, fail, skip } from '../../check-failure.js'
import { toldAccount, trimmed } from '../../truth/account-truth.js'
import { AccountScene } from './account-scene.js'

const docs = 'messages.md#channels-and-their-data'
const plainAmount = /^-?\d+(\.\d+)?$/

/** One thing that can happen to an account, step by step. */
interface Chapter {
  readonly id: `account.${string}`
  readonly title: string
  readonly file?: string
  tell(scene: AccountScene): Promise<void>
}

const chapters: readonly Chapter[] = [
  {
    id: 'account.limit-filled',
    title: 'a limit order is told as open, filled in part, and filled, with both of its executions',
    async tell(scene) {
      let id = ''
      await scene.act('a limit order was placed', () => {
        id = scene.place({ side: 'buy', price: scene.prices.low, size: '0.5' })
      })
      await scene.act('it was filled in part', () => scene.account.fill(id, '0.2'))
      await scene.act('it was filled whole', () => scene.account.fill(id))
      await scene.act('a limit order to sell was placed and filled at once', () =>
        scene.place({ side: 'sell', price: scene.prices.bid, size: '0.3' }),
      )
    },
  },
  {
    id: 'account.limit-cancelled',
    title: 'an order that is cancelled is told as cancelled before a fill, and as cancelled in part after one',
    async tell(scene) {
      let id = ''
      const place = (): void => {
        id = scene.place({ side: 'buy', price: scene.prices.low, size: '0.3' })
      }
      await scene.act('a limit order was placed', place)
      await scene.act('it was cancelled before a fill', () => scene.account.cancel(id))
      await scene.act('another was placed', place)
      await scene.act('it was filled in part', () => scene.account.fill(id, '0.1'))
      await scene.act('it was cancelled after a part', () => scene.account.cancel(id))
    },
  },
  {
    id: 'account.market-orders',
    title: 'market orders have no price, and the size of a buy is known once it is filled',
    async tell(scene) {
      await scene.act('something was bought at the market', () =>
        scene.place({ side: 'buy', type: 'market', quoteSize: '1000.01' }),
      )
      await scene.act('something was sold at the market', () =>
        scene.place({ side: 'sell', type: 'market', size: '0.1' }),
      )
    },
  },
  {
    id: 'account.time-in-force',
    title: 'orders that end by their own time in force are told as cancelled',
    async tell(scene) {
      const { low, ask } = scene.prices
      for (const timeInForce of ['ioc', 'fok'] as const) {
        await scene.act(`an order ${timeInForce} found no match`, () =>
          scene.place({ side: 'buy', timeInForce, price: low, size: '0.2' }),
        )
      }
      await scene.act('an order post_only would have found a match', () =>
        scene.place({ side: 'buy', timeInForce: 'post_only', price: ask, size: '0.2' }),
      )
    },
  },
  {
    id: 'account.stop-order',
    title: 'an order that waited for its trigger price is told once that has come',
    async tell(scene) {
      const { bid, low } = scene.prices
      let id = ''
      await scene.act('a stop order was placed', () => {
        id = scene.place({ side: 'sell', type: 'stop', triggerPrice: bid, price: low, size: '0.4' })
      })
      await scene.act('its trigger price came', () => scene.account.trigger(id))
    },
  },
  {
    id: 'account.deposit',
    title: 'a deposit is told as a balance',
    file: 'parsers/balances.ts',
    async tell(scene) {
      const { quote } = scene.pair
      await scene.act('something was paid in', () => scene.account.deposit(quote, '5000.5'))
      await scene.act('very little was paid in', () => scene.account.deposit(quote, '0.00000001'))
      await scene.act('very much was paid in', () => scene.account.deposit(quote, '90071992547409931.00000001'))
    },
  },
]

/** What an account is told to be, event by event. */
export const accountStoryChecks: readonly ConformanceCheck[] = [
  ...chapters.map(
    ({ id, title, file, tell }): ConformanceCheck => ({
      id,
      title,
      level: 'must',
      needs: ['account'],
      file: file ?? 'parsers/orders.ts',
      docs,
      async run(lab) {
        await tell(await AccountScene.open(lab))
      },
    }),
  ),
  {
    id: 'account.told-in-full',
    title: 'of two hundred things that happen to an account each is told once, to the last digit',
    level: 'must',
    needs: ['account'],
    file: 'account.ts',
    docs,
    async run(lab) {
      const scene = await AccountScene.open(lab)
      for (let step = 1; step <= 200; step += 1) {
        scene.begin()
        scene.account.step()
        await scene.stage.pass(120)
        scene.expectTold(`the ${step}th thing that happened`, scene.happened, scene.record.messages)
      }
      const { errors } = scene.record
      expectEqual(
        errors.map(({ code }) => code),
        [],
        'errors were told of an account with which all was well',
        { got: errors },
      )
    },
  },
  {
    id: 'account.sums',
    title:
      'what is told of a balance adds up: free and locked are the total, and the last of each asset is what the account has',
    level: 'must',
    needs: ['account', 'balances'],
    file: 'parsers/balances.ts',
    docs,
    async run(lab) {
      const scene = await AccountScene.open(lab)
      await scene.live(80)
      await scene.rest()
      const { balances } = toldAccount(scene.record.messages)
      const last = new Map(balances.map((balance) => [balance.asset, balance]))
      for (const balance of balances) {
        const { free, locked, total } = balance
        if (free === null || locked === null || total === null) continue
        expectEqual(unitsOf(total), unitsOf(free) + unitsOf(locked), 'free and locked are not the total', {
          got: balance,
        })
      }
      for (const { asset, free, locked } of scene.account.balances()) {
        const told = last.get(asset)
        if (told === undefined) continue
        expectEqual(
          [trimmed(told.free), trimmed(told.locked)],
          [free, locked],
          `what was told last of ${asset} is not what the account has`,
        )
      }
      expectTrue(last.size > 0, 'no balance was told')
    },
  },
  {
    id: 'account.text',
    title: 'amounts are plain decimal text and ids are text, nothing of them a number',
    level: 'must',
    needs: ['account'],
    file: 'account.ts',
    docs,
    async run(lab) {
      const scene = await AccountScene.open(lab)
      await scene.live(60)
      await scene.rest()
      const { orders, executions, balances } = toldAccount(scene.record.messages)
      const rows = [...orders.map(({ data }) => data), ...executions.map(({ data }) => data), ...balances]
      for (const row of rows) {
        for (const [field, value] of Object.entries(row)) {
          if (value === null || field === 'time' || field.endsWith('At')) continue
          const isAmount = /price|size|fee$|free|locked|total|change$/i.test(field)
          if (typeof value !== 'string' || (isAmount && !plainAmount.test(value)))
            fail(`${field} is no ${isAmount ? 'plain decimal ' : ''}text`, { expected: 'text', got: row })
        }
      }
    },
  },
  {
    id: 'account.one-name-an-order',
    title: 'an order has one id from its first state to its last, and its executions name it',
    level: 'must',
    needs: ['account', 'orders', 'executions'],
    file: 'parsers/executions.ts',
    docs,
    async run(lab) {
      const scene = await AccountScene.open(lab)
      let id = ''
      await scene.act('a limit order was placed', () => {
        id = scene.place({ side: 'buy', price: scene.prices.low, size: '0.5' })
      })
      const [opened] = toldAccount(scene.record.messages).orders
      if (opened === undefined) skip('Orders that wait are not told.')
      await scene.act('it was filled in part', () => scene.account.fill(id, '0.2'))
      const part = toldAccount(scene.record.messages)
      await scene.act('it was filled whole', () => scene.account.fill(id))
      const whole = toldAccount(scene.record.messages)
      const names = [part, whole].flatMap(({ orders, executions }) => [
        ...orders.map(({ data }) => data.id),
        ...executions.map(({ data }) => data.orderId),
      ])
      expectEqual(
        names,
        names.map(() => opened.data.id),
        'one order goes by several ids',
      )
      const fills = [part, whole].flatMap(({ executions }) => executions.map(({ data }) => data.id))
      expectEqual(new Set(fills).size, 2, 'two executions have the same id', { got: fills })
    },
  },
  {
    id: 'account.channel-by-channel',
    title: 'each channel of an account can be had alone, and brings nothing of the others',
    level: 'must',
    needs: ['account'],
    file: 'streams.ts',
    docs: 'writing-an-adapter.md#streams',
    async run(lab) {
      for (const channel of lab.privateChannels) {
        const scene = await AccountScene.open(lab, { channels: [channel] })
        await scene.live(25)
        await scene.rest()
        const told = new Set(scene.record.messages.map((message) => message.channel))
        expectEqual([...told], [channel], `with the channel ${channel} alone, other channels are told`)
        await scene.stage.close()
      }
    },
  },
]

/** An amount in units of 10^-18. */
function unitsOf(amount: string): bigint {
  const [whole = '', fraction = ''] = amount.split('.')
  return BigInt(whole + fraction.padEnd(18, '0'))
}
