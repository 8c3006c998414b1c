import { type Instrument, MessageType } from '@tapewire/core'
import type { FillEvent } from '@tapewire/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { exchanges, mexc } from '../src/scene/exchanges.js'
import type { FeedRecord } from '../src/scene/feed-record.js'
import { connectTimeoutMs } from '../src/scene/observed-clock.js'
import { btc, closeScenes, eth, Scene } from '../src/scene/scene.js'

const pairs = [btc, eth]

afterEach(closeScenes)

const keyOf = (symbol: Instrument, ...rest: readonly unknown[]): string => `${symbol} ${rest.join(' ')}`

/** What was told of own executions, in order. */
const fillsTold = (record: FeedRecord): readonly string[] =>
  record
    .of(MessageType.Trade)
    .map(({ symbol, data: { orderId, time, price, size, side } }) =>
      keyOf(symbol, orderId, Math.floor(time ?? 0), Number(price), Number(size), side),
    )

/** How long a look at an account, and a connection, may take, ms: unlike any other delay. */
const awaited: readonly number[] = [4_000, connectTimeoutMs]

/** Lets time pass, in steps before each of which looks and connections under way come to their end. */
async function pass({ clock, until }: Scene, durationMs: number): Promise<void> {
  for (let left = durationMs; left > 0; left -= 500) {
    clock.advance(Math.min(500, left))
    for (let turn = 0; turn < 3; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve))
    await until(() => !clock.delays.some((delayMs) => awaited.includes(delayMs)))
  }
}

describe.each(exchanges)('an account of $title whose streams fall silent in an open socket', (exchange) => {
  async function open(redundancy: 1 | 2, random: () => number = () => 0.5, sharesKey = false) {
    const scene = await Scene.open(exchange, { pairs, levels: 8 })
    scene.venue.control.reuseListenKeys?.(sharesKey)
    // MEXC asks market by market, and Gate.io has a stream of all.
    const symbols = exchange === mexc ? pairs : []
    const { feed, record } = await scene.privateFeed({ symbols, config: { redundancy }, random })
    await scene.until(() => scene.seen.openSessions.length === redundancy)
    scene.venue.account.stop()
    const fills: string[] = []
    scene.venue.account.listen((event) => {
      if (event.kind === 'fill') fills.push(fillKey(event))
    })
    const execute = async (count: number): Promise<void> => {
      for (const target = fills.length + count; fills.length < target; ) {
        scene.venue.account.step()
        await pass(scene, 10)
      }
    }
    await execute(5)
    await pass(scene, 30_000)
    expect([...fillsTold(record)].sort()).toEqual([...fills].sort())
    return { scene, feed, record, fills, execute }
  }

  const fillKey = ({ pair, orderId, time, price, size, side }: FillEvent): string =>
    keyOf(pair, orderId, Math.floor(time), Number(price), Number(size), side)

  /** Its connections of now tell nothing more, and answer all the same. */
  const silence = ({ venue }: Scene): void => {
    if (exchange === mexc) venue.control.expireListenKeys?.()
    else venue.control.muteAccount()
  }

  it.each([1, 2] as const)(
    'on %i connections is told once, and every execution that the look found is told, once',
    async (redundancy) => {
      const { scene, record, fills, execute } = await open(redundancy)
      silence(scene)
      await execute(10)
      for (let waited = 0; waited < 60 && record.gaps.length < 3; waited += 1) await pass(scene, 500)
      await execute(3)
      await pass(scene, 5_000)
      expect([...fillsTold(record)].sort()).toEqual([...fills].sort())
      const executions = record.gaps.filter(({ channel }) => channel === 'executions')
      expect(executions).toMatchObject([
        { action: 'backfilled', fault: null, reason: expect.stringMatching(/ERR_(ACCOUNT_SILENT|LISTEN_KEY_ENDED)/) },
      ])
      expect(executions[0]?.backfilled).toBeGreaterThanOrEqual(10)
      expect(record.gaps).toHaveLength(3)
    },
  )

  const keys = exchange === mexc ? ['a listen key each', 'one listen key'] : ['one key']
  it.each(keys)('on two connections with %s, which notice one after the other, loses no execution', async (key) => {
    // Each look at the account comes at a time of its own.
    let turn = 0
    const random = (): number => [0, 0.99][turn++ % 2] as number
    const { scene, record, fills, execute } = await open(2, random, key === 'one listen key')
    silence(scene)
    await execute(10)
    for (let waited = 0; waited < 80 && scene.seen.sessions.length < 4; waited += 1) {
      if (scene.seen.sessions.length === 3) await execute(1)
      await pass(scene, 500)
    }
    await execute(3)
    await pass(scene, 10_000)
    expect(scene.seen.sessions).toHaveLength(4)
    expect([...fillsTold(record)].sort()).toEqual([...fills].sort())
    expect(record.gaps.some(({ channel }) => channel === 'executions')).toBe(true)
  })
})
