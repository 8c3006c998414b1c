import { describe, expect, test } from 'vitest'
import { ManualClock } from '../../clock/manual-clock.js'
import { StreamError } from '../../errors/stream-error.js'
import { tradingPair } from '../../model/instrument.js'
import type { FeedMessage } from '../../model/message.js'
import { MessageType } from '../../model/message-type.js'
import type { ListedExecution } from '../../strategy/account-look.js'
import { createEnv } from '../../strategy/env.js'
import { AccountWatch } from './account-watch.js'

const [btc, eth] = [tradingPair('BTC', 'USDT'), tradingPair('ETH', 'USDT')]
const refused = new StreamError('ERR_AUTHENTICATION_FAILED', 'Who?')

class Bench {
  readonly clock = new ManualClock()
  readonly lost: StreamError[] = []
  /** What REST lists, newest first, or what it fails with. */
  listed: readonly ListedExecution[] | StreamError = []
  brought = new Set([btc, eth])
  isBehind = false
  looks = 0
  readonly watch: AccountWatch
  #lastId = 0

  constructor() {
    this.watch = new AccountWatch({
      look: {
        intervalMs: 8_000,
        latestExecutions: async () => {
          this.looks += 1
          if (this.listed instanceof StreamError) throw this.listed
          return this.listed
        },
      },
      env: createEnv({ clock: this.clock, random: () => 0.999 }),
      brings: (instrument) => this.brought.has(instrument),
      isBehind: () => this.isBehind,
      onLost: (error) => this.lost.push(error),
    })
    this.watch.begin()
  }

  /** An execution happens; the streams tell it, or not. */
  execute({ isTold = true, instrument = btc }: { isTold?: boolean; instrument?: typeof btc } = {}): void {
    this.#lastId += 1
    const id = String(this.#lastId)
    if (!(this.listed instanceof StreamError)) this.listed = [{ id, instrument }, ...this.listed].slice(0, 100)
    if (isTold) this.watch.note({ type: MessageType.Trade, data: { id } } as FeedMessage)
  }

  /** Lets so many looks be made. */
  async look(times = 1): Promise<void> {
    const until = this.looks + times
    while (this.looks < until) {
      this.clock.advance(this.clock.nextTimerInMs ?? 0)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}

describe('an account that is watched', () => {
  test('is as it should be while its streams tell what REST lists', async () => {
    const bench = new Bench()
    for (let round = 0; round < 50; round += 1) {
      bench.execute()
      await bench.look()
    }
    expect(bench.lost).toEqual([])
  })

  test('has fallen silent where an execution that REST lists is not told, and that is known in under 15 s', async () => {
    const bench = new Bench()
    await bench.look()
    const begunAt = bench.clock.now()
    bench.execute({ isTold: false })
    while (bench.lost.length === 0) await bench.look()
    expect(bench.clock.now() - begunAt).toBeLessThan(15_000)
    expect(bench.lost).toMatchObject([{ code: 'ERR_ACCOUNT_SILENT', context: { Executions: 1 } }])
  })

  test('is looked at out of turn before its connection is replaced, and has fallen silent by then or not', async () => {
    const bench = new Bench()
    await bench.look()
    bench.execute()
    await bench.watch.lookNow()
    expect([bench.looks, bench.lost]).toEqual([2, []])
    bench.execute({ isTold: false })
    const looked = bench.watch.lookNow().then(() => bench.lost.length)
    await new Promise((resolve) => setImmediate(resolve))
    await bench.look()
    expect([await looked, bench.looks]).toEqual([1, 4])
  })

  test('need not tell what happened before its connection was up', async () => {
    const bench = new Bench()
    for (let count = 0; count < 150; count += 1) bench.execute({ isTold: false })
    await bench.look(5)
    expect(bench.lost).toEqual([])
  })

  test('may tell an execution after REST lists it', async () => {
    const bench = new Bench()
    await bench.look()
    for (let round = 0; round < 20; round += 1) {
      bench.execute({ isTold: false })
      await bench.look()
      bench.watch.note({ type: MessageType.Trade, data: { id: String(round + 1) } } as FeedMessage)
    }
    await bench.look(3)
    expect(bench.lost).toEqual([])
  })

  test('need not tell executions of instruments that it is not subscribed to', async () => {
    const bench = new Bench()
    bench.brought.delete(eth)
    await bench.look()
    bench.execute({ isTold: false, instrument: eth })
    await bench.look(3)
    expect(bench.lost).toEqual([])
    bench.brought.add(eth)
    bench.watch.startOver()
    await bench.look(3)
    expect(bench.lost).toEqual([])
    bench.execute({ isTold: false, instrument: eth })
    await bench.look(3)
    expect(bench.lost).toHaveLength(1)
  })

  test('is not judged while messages wait to be delivered', async () => {
    const bench = new Bench()
    await bench.look()
    bench.isBehind = true
    bench.execute({ isTold: false })
    await bench.look(5)
    bench.watch.note({ type: MessageType.Trade, data: { id: '1' } } as FeedMessage)
    bench.isBehind = false
    await bench.look(3)
    expect(bench.lost).toEqual([])
  })

  test('is not found silent again until an execution came by both ways: a stream may leave some out for good', async () => {
    const bench = new Bench()
    bench.execute()
    await bench.look()
    for (let round = 0; round < 10; round += 1) {
      bench.execute({ isTold: false })
      await bench.look(3)
      bench.watch.begin()
      await bench.look()
    }
    expect(bench.lost).toHaveLength(1)
    bench.execute()
    await bench.look()
    bench.execute({ isTold: false })
    await bench.look(3)
    expect(bench.lost).toHaveLength(2)
  })

  test('says so where its key is not accepted any more', async () => {
    const bench = new Bench()
    await bench.look()
    bench.listed = refused
    await bench.look(2)
    expect(bench.lost).toEqual([refused])
  })

  test('is looked at no more once its connection has ended', async () => {
    const bench = new Bench()
    await bench.look()
    bench.watch.end()
    expect(bench.clock.pendingTimers).toBe(0)
  })
})
