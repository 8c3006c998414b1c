import { ManualClock } from '@tapewire/core'
import { startVenueServer, type VenueServer } from '@tapewire/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { GateioConnection } from './connection.js'
import { resolvePrivateOptions } from './options.js'
import { ServerTime } from './server-time.js'
import { btcUsdt } from './test-support.js'
import { gateioSpotVenue } from './testing/index.js'

const startSeconds = 1_767_225_600
const { signal } = new AbortController()
let server: VenueServer

afterEach(() => server.close())

/** A server whose clock is right, and a machine whose clock is `skewMs` ahead. */
async function skewed(skewMs: number): Promise<{ serverTime: ServerTime; machine: ManualClock }> {
  server = await startVenueServer({ venue: gateioSpotVenue, pairs: [btcUsdt], clock: new ManualClock() })
  const machine = new ManualClock()
  machine.skew(skewMs)
  return { serverTime: new ServerTime(server.restUrl, machine), machine }
}

describe('ServerTime', () => {
  it.each([90_000, -3_600_000])('makes up for a clock that is wrong by %i ms', async (skewMs) => {
    const { serverTime, machine } = await skewed(skewMs)
    expect(serverTime.seconds(machine.wallTime())).toBe(startSeconds + skewMs / 1000)
    await serverTime.measure(signal)
    expect(serverTime.seconds(machine.wallTime())).toBe(startSeconds)
    machine.advance(61_000)
    expect(serverTime.seconds(machine.wallTime())).toBe(startSeconds + 61)
  })

  it('is measured anew for each connection attempt', async () => {
    const { serverTime, machine } = await skewed(0)
    const options = resolvePrivateOptions({ url: server.url, restUrl: server.restUrl, clock: machine })
    const strategy = new GateioConnection(options, serverTime)
    await strategy.context(signal)
    machine.skew(120_000)
    await strategy.context(signal)
    expect(serverTime.seconds(machine.wallTime())).toBe(startSeconds)
  })

  it.each([
    { status: 500, body: '{}' },
    { status: 200, body: '{"server_time":"soon"}' },
    { status: 429, body: '{"label":"TOO_MANY_REQUESTS","message":"slow down"}' },
    { status: 200, body: 'null' },
  ])('keeps what it knew when the answer is %j', async (refusal) => {
    const { serverTime, machine } = await skewed(90_000)
    await serverTime.measure(signal)
    server.faults.refuseRequests(refusal)
    await serverTime.measure(signal)
    expect(serverTime.seconds(machine.wallTime())).toBe(startSeconds)
  })

  it('takes the machine’s word where the server cannot be asked, and stops when told to', async () => {
    const { machine } = await skewed(0)
    await server.close()
    const unreachable = new ServerTime(server.restUrl, machine)
    await unreachable.measure(signal)
    expect(unreachable.seconds(machine.wallTime())).toBe(startSeconds)
    await expect(unreachable.measure(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
  })
})
