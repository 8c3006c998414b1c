import { createEnv, type StrategyEnv } from '@tapewire/core/adapter'
import { ManualClock } from '@tapewire/core/testing'
import { startVenueServer, type VenueServer } from '@tapewire/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { btcUsdt } from '../../test/support/frames.js'
import { GateioSpotAccountConnection } from '../spot/account.js'
import { resolvePrivateOptions } from '../spot/options.js'
import { gateioSpotVenue } from '../testing/index.js'
import { ServerTime } from './rest.js'

const startSeconds = 1_767_225_600
let server: VenueServer

afterEach(() => server.close())

/** A server whose clock is right, and a machine whose clock is `skewMs` ahead. */
async function skewed(skewMs: number): Promise<{ serverTime: ServerTime; machine: ManualClock; env: StrategyEnv }> {
  server = await startVenueServer({ venue: gateioSpotVenue, pairs: [btcUsdt], clock: new ManualClock() })
  const machine = new ManualClock()
  machine.skew(skewMs)
  return { serverTime: new ServerTime(server.restUrl), machine, env: createEnv({ clock: machine }) }
}

describe('ServerTime', () => {
  it.each([90_000, -3_600_000])('makes up for a clock that is wrong by %i ms', async (skewMs) => {
    const { serverTime, machine, env } = await skewed(skewMs)
    expect(serverTime.seconds(machine.wallTime())).toBe(startSeconds + skewMs / 1000)
    await serverTime.measure(env)
    expect(serverTime.seconds(machine.wallTime())).toBe(startSeconds)
    machine.advance(61_000)
    expect(serverTime.seconds(machine.wallTime())).toBe(startSeconds + 61)
  })

  it('is measured anew for each connection attempt', async () => {
    const { serverTime, machine, env } = await skewed(0)
    const options = resolvePrivateOptions({ url: server.url, restUrl: server.restUrl })
    const strategy = new GateioSpotAccountConnection(options, serverTime)
    await strategy.context(env)
    machine.skew(120_000)
    await strategy.context(env)
    expect(serverTime.seconds(machine.wallTime())).toBe(startSeconds)
  })

  it.each([
    { status: 500, body: '{}' },
    { status: 200, body: '{"server_time":"soon"}' },
    { status: 429, body: '{"label":"TOO_MANY_REQUESTS","message":"slow down"}' },
    { status: 200, body: 'null' },
  ])('keeps what it knew when the answer is %j', async (refusal) => {
    const { serverTime, machine, env } = await skewed(90_000)
    await serverTime.measure(env)
    server.faults.refuseRequests(refusal)
    await serverTime.measure(env)
    expect(serverTime.seconds(machine.wallTime())).toBe(startSeconds)
  })

  it('takes the machine’s word where the server cannot be asked, and stops when told to', async () => {
    const { machine, env } = await skewed(0)
    await server.close()
    const unreachable = new ServerTime(server.restUrl)
    await unreachable.measure(env)
    expect(unreachable.seconds(machine.wallTime())).toBe(startSeconds)
    const aborted = createEnv({ signal: AbortSignal.abort(new Error('enough')) })
    await expect(unreachable.measure(aborted)).rejects.toThrow('enough')
  })
})
