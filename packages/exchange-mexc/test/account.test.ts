import type { StreamError } from '@tapewire/core'
import { type ConnectionContext, type ConnectionStrategy, createEnv, type StrategyEnv } from '@tapewire/core/adapter'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mexcSpot } from '../src/index.js'
import { demoCredentials } from '../src/testing/authorize.js'
import { type MexcServer, startMexcServer } from './support/mexc-server.js'
import { ObservedClock } from './support/observed-clock.js'
import { listenKeyOf, refusal } from './support/refusal.js'

const minute = 60_000
const endpoint = '/api/v3/userDataStream'

let venue: MexcServer
let clock: ObservedClock
let env: StrategyEnv
let connection: ConnectionStrategy

beforeEach(async () => {
  venue = await startMexcServer()
  clock = new ObservedClock()
  env = createEnv({ clock })
  const options = { url: `${venue.server.url}ws`, restUrl: venue.server.restUrl, accountCheckIntervalMs: 0 }
  connection = mexcSpot.private(demoCredentials, options).connectionStrategy
})

afterEach(async () => {
  await venue.server.close()
  expect(venue.server.failures).toEqual([])
})

/** Both clocks move on, the venue's first. */
function advance(durationMs: number): void {
  venue.clock.advance(durationMs)
  clock.advance(durationMs)
}

function requestsTo(method: string): number {
  return venue.control.requests.filter((request) => request === `${method} ${endpoint}`).length
}

/** Opens a connection, and says when it asks for a take-over, and when it is lost. */
async function open(): Promise<{
  context: ConnectionContext
  takenOver: Promise<string>
  lost: Promise<StreamError>
  end: () => void
}> {
  const context = await connection.context(env)
  const transport = await connection.connect(context, env)
  let end = (): void => {}
  let onLost = (_error: StreamError): void => {}
  const lost = new Promise<StreamError>((resolve) => {
    onLost = resolve
  })
  const takenOver = new Promise<string>((resolve) => {
    end = connection.maintain?.(context, env, resolve, onLost) ?? end
  })
  return {
    context,
    takenOver,
    lost,
    end: () => {
      end()
      transport.terminate()
    },
  }
}

describe('listen keys', () => {
  it('are asked for anew before each attempt, and travel in the URL', async () => {
    const first = await connection.context(env)
    const second = await connection.context(env)
    expect(first.url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/ws\?listenKey=[0-9a-f]{64}$/)
    expect(listenKeyOf(second)).not.toBe(listenKeyOf(first))
    expect(second).toMatchObject({ authRequired: false, pingIntervalMs: 20_000, pingTimeoutMs: 10_000 })
  })

  it('are renewed soon after connecting and every 30 minutes from then on', async () => {
    const { context } = await open()
    const delays: number[] = []
    for (let round = 0; round < 4; round += 1) {
      const scheduled = clock.nextTimer()
      advance(clock.nextTimerInMs ?? 0)
      delays.push(await scheduled)
    }
    expect(delays).toEqual([30 * minute, 30 * minute, 30 * minute, 30 * minute])
    expect(requestsTo('PUT')).toBe(4)
    expect(venue.control.listenKeys).toEqual([listenKeyOf(context)])
  })

  it('that the venue does not renew because it has forgotten them lose their connection, and are not given back', async () => {
    const { lost, end } = await open()
    venue.control.expireListenKeys()
    advance(minute)
    expect(await lost).toMatchObject({
      code: 'ERR_LISTEN_KEY_ENDED',
      shortMessage: 'The listen key is not valid any more.',
      context: { Sign: 'MEXC no longer knows it' },
    })
    end()
    await connection.release?.(env)
    expect([clock.pendingTimers, requestsTo('DELETE')]).toEqual([0, 0])
  })

  it('that ended while no connection used them are given back without a complaint', async () => {
    const log: unknown[] = []
    const first = await open()
    first.end()
    venue.control.expireListenKeys()
    await connection.release?.({ ...env, log: { ...env.log, warn: (line: unknown) => log.push(line) } as never })
    expect([log, requestsTo('DELETE')]).toEqual([[], 1])
  })

  it('stay with connections that are open when others are released', async () => {
    const first = await open()
    const second = await open()
    first.end()
    await connection.release?.(env)
    expect(venue.control.listenKeys).toEqual([listenKeyOf(second.context)])
  })

  it('that cannot be renewed for a while are tried each minute, and replaced before they expire', async () => {
    const { takenOver } = await open()
    venue.control.blockRest('firewall')
    let isReplaced = false
    const done = takenOver.then((reason) => {
      isReplaced = true
      return reason
    })
    let minutes = 0
    while (!isReplaced) {
      const next = Promise.race([clock.nextTimer(), done])
      advance(minute)
      minutes += 1
      await next
    }
    expect(minutes).toBe(55)
    expect(await done).toContain('the listen key could not be kept alive: ')
  })

  it('are renewed no more once the connection has ended', async () => {
    const { end } = await open()
    expect(clock.pendingTimers).toBe(1)
    end()
    expect(clock.pendingTimers).toBe(0)
  })

  it('that no connection uses any more are given back when another is taken', async () => {
    const first = await open()
    first.end()
    const second = await open()
    const third = await open()
    expect(requestsTo('DELETE')).toBe(1)
    second.end()
    third.end()
    await connection.release?.(env)
    expect(requestsTo('DELETE')).toBe(3)
    expect(venue.control.listenKeys).toEqual([])
    expect(new Set([first, second, third].map(({ context }) => listenKeyOf(context))).size).toBe(3)
  })

  it('carry five connections and no more', async () => {
    venue.control.reuseListenKeys()
    const opened = []
    for (let count = 0; count < 5; count += 1) opened.push(await open())
    expect(new Set(opened.map(({ context }) => listenKeyOf(context))).size).toBe(1)
    const error = await refusal(connection.context(env))
    expect(error.code).toBe('ERR_CONNECTION_LIMIT')
    expect(connection.shouldReconnect(error)).toBe(true)
    venue.control.reuseListenKeys(false)
    expect(listenKeyOf((await open()).context)).not.toBe(
      listenKeyOf((opened[0] as { context: ConnectionContext }).context),
    )
  })

  it('shared by connections are renewed once for all, and lose all of them', async () => {
    venue.control.reuseListenKeys()
    const [first, second] = [await open(), await open()]
    const scheduled = clock.nextTimer()
    advance(minute)
    await scheduled
    expect(requestsTo('PUT')).toBe(1)
    venue.control.expireListenKeys()
    advance(30 * minute)
    expect(await Promise.all([first.lost, second.lost])).toHaveLength(2)
  })

  it('are given back when the manager closes, which no trouble of the venue can prevent', async () => {
    const { end } = await open()
    venue.control.blockRest('rate-limit')
    end()
    await expect(connection.release?.(env)).resolves.toBeUndefined()
    expect(clock.pendingTimers).toBe(0)
  })

  it('are not lost when the socket cannot be opened', async () => {
    const context = await connection.context(env)
    venue.server.faults.refuseConnections(503)
    const error = await refusal(connection.connect(context, env))
    expect(error.code).toBe('ERR_HANDSHAKE_REJECTED')
    expect(connection.shouldReconnect(error)).toBe(true)
    await connection.release?.(env)
    expect(venue.control.listenKeys).toEqual([])
  })
})
