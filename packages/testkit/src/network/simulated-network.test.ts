import { parseInstrument } from '@tapewire/core'
import { createEnv, type InboundFrame, openSocket, requestJson, type Transport } from '@tapewire/core/adapter'
import { ManualClock } from '@tapewire/core/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { EchoVenue } from '../../test/echo-venue.js'
import { MarketSimulator } from '../market/market-simulator.js'
import { createRandom } from '../random.js'
import { SimulatedNetwork } from './simulated-network.js'

const url = 'wss://echo.example/ws'
const restUrl = 'https://echo.example/api'

let clock: ManualClock
let venue: EchoVenue
let network: SimulatedNetwork

beforeEach(() => {
  clock = new ManualClock()
  const market = new MarketSimulator({ pairs: [parseInstrument('BTC/USDT')], clock })
  venue = new EchoVenue({ clock, market, random: createRandom(1) })
  network = new SimulatedNetwork({ venue, clock, random: createRandom(2), latencyMs: 10, jitterMs: 10 })
})

afterEach(() => network.close())

function env(signal?: AbortSignal): ReturnType<typeof createEnv> {
  return createEnv({ clock, network, ...(signal === undefined ? {} : { signal }) })
}

/** Lets time pass, a millisecond a turn of the event loop. */
async function pass(durationMs: number): Promise<void> {
  for (let passed = 0; passed < durationMs; passed++) {
    clock.advance(1)
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
}

async function settled<Value>(promise: Promise<Value>, withinMs = 100): Promise<PromiseSettledResult<Value>> {
  const [result] = await Promise.all([Promise.allSettled([promise]), pass(withinMs)])
  return result[0] as PromiseSettledResult<Value>
}

async function opened(address = url): Promise<Transport> {
  const result = await settled(openSocket({ url: address, headers: {} }, env()))
  if (result.status === 'rejected') throw result.reason
  return result.value
}

async function refusal(promise: Promise<unknown>, withinMs?: number): Promise<unknown> {
  const result = await settled(promise, withinMs)
  return result.status === 'rejected' ? result.reason.code : 'resolved'
}

/** Everything a transport says, in order. */
function listened(transport: Transport): { told: string[]; frames: InboundFrame[] } {
  const told: string[] = []
  const frames: InboundFrame[] = []
  transport.listen({
    onFrame: (frame) => {
      told.push(frame.bytes.toString('utf8', frame.start, frame.end))
      frames.push(frame)
    },
    onPong: () => told.push('a pong'),
    onClose: ({ code }) => told.push(`end ${code}`),
  })
  return { told, frames }
}

describe('SimulatedNetwork', () => {
  it('carries frames both ways, in order, each later than it was sent', async () => {
    const transport = await opened()
    const { told } = listened(transport)
    for (let index = 0; index < 20; index++) transport.send(`message ${index}`)
    transport.ping()
    expect(venue.received).toEqual([])
    await pass(60)
    const messages = Array.from({ length: 20 }, (_, index) => `message ${index}`)
    expect(venue.received).toEqual([...messages, 'a ping frame'])
    expect(told).toEqual(['welcome', ...messages, 'a pong'])
  })

  it('lends its memory, and spoils it as soon as the listener returns', async () => {
    const transport = await opened()
    const { frames } = listened(transport)
    await pass(5)
    const [kept] = frames as [InboundFrame]
    expect(kept.bytes.toString('latin1', kept.start, kept.end)).toBe('\xa5'.repeat('welcome'.length))
  })

  it('delivers nothing while paused, and nothing from within resume()', async () => {
    const transport = await opened()
    const { told } = listened(transport)
    transport.pause()
    await pass(50)
    expect(told).toEqual([])
    transport.resume()
    expect(told).toEqual([])
    await pass(1)
    expect(told).toEqual(['welcome'])
  })

  it.each([
    ['a cut', () => network.faults.cut(), 'end 1006'],
    ['a close frame without a code', () => network.faults.close(), 'end 1005'],
    ['a close frame with one', () => network.faults.close(1012), 'end 1012'],
  ])('ends both ends after %s', async (_title, fault, expected) => {
    const { told } = listened(await opened())
    await pass(1)
    fault()
    await pass(60)
    expect(told).toEqual(['welcome', expected])
    expect(venue.openSessions).toBe(0)
    expect(network.connections).toEqual([])
  })

  it('delivers what had arrived by then after it was terminated, and then its end', async () => {
    const transport = await opened()
    const { told } = listened(transport)
    await pass(1)
    transport.send('under way')
    await pass(20)
    transport.terminate()
    expect(told).toEqual(['welcome'])
    await pass(60)
    expect(told).toEqual(['welcome', 'under way', 'end 1006'])
    expect(network.connections).toEqual([])
  })

  it('tells who listens late that it has ended', async () => {
    const transport = await opened()
    network.faults.close(1012)
    await pass(60)
    const { told } = listened(transport)
    await pass(1)
    expect(told).toEqual(['welcome', 'end 1012'])
  })

  it('closes by a handshake, delivering what still comes', async () => {
    const transport = await opened()
    const { told } = listened(transport)
    await pass(1)
    transport.send('one more')
    transport.close(1000)
    expect(transport.send('too late')).toBe(false)
    await pass(60)
    expect(told).toEqual(['welcome', 'one more', 'end 1000'])
    expect(clock.pendingTimers).toBe(0)
  })

  it('loses everything of a half-open connection, and tells nobody', async () => {
    const transport = await opened()
    const { told } = listened(transport)
    await pass(1)
    network.faults.halfOpen()
    expect(transport.send('lost')).toBe(true)
    transport.ping()
    await pass(1_000)
    expect([told, venue.received, venue.openSessions]).toEqual([['welcome'], [], 1])
    clock.advance(60_000)
    expect(venue.openSessions).toBe(0)
    transport.terminate()
    await pass(1)
    expect(told).toEqual(['welcome', 'end 1006'])
    expect(network.connections).toEqual([])
  })

  it('holds back what a stalled server sends, and brings it in order afterwards', async () => {
    const transport = await opened()
    const { told } = listened(transport)
    await pass(1)
    network.faults.stall()
    transport.send('a')
    transport.send('b')
    await pass(100)
    expect([told, venue.received]).toEqual([['welcome'], ['a', 'b']])
    network.faults.resume()
    await pass(1)
    expect(told).toEqual(['welcome', 'a', 'b'])
  })

  it('passes frames through a rewriter', async () => {
    const transport = await opened()
    const { told } = listened(transport)
    await pass(1)
    network.faults.rewrite((data) => (data === 'twice' ? [data, data] : []))
    transport.send('never')
    transport.send('twice')
    await pass(60)
    expect(told).toEqual(['welcome', 'twice', 'twice'])
  })

  it('tells why a connection cannot be made, with the codes of the machine’s own network', async () => {
    const open = (signal?: AbortSignal): Promise<unknown> => openSocket({ url, headers: {} }, env(signal))
    const { faults } = network
    faults.unreachable('refused')
    expect(await refusal(open())).toBe('ERR_CONNECTION_REFUSED')
    faults.unreachable('unknown-host')
    expect(await refusal(open())).toBe('ERR_HOST_NOT_FOUND')
    faults.unreachable('no-answer')
    expect(await refusal(open(), 11_000)).toBe('ERR_CONNECTION_TIMEOUT')
    faults.unreachable(null)
    faults.refuseHandshakes({ status: 429, headers: { 'Retry-After': '7' } })
    const limited = await settled(open())
    expect(limited).toMatchObject({ reason: { code: 'ERR_RATE_LIMITED', retryAfterMs: 7_000 } })
    faults.refuseHandshakes(503)
    expect(await refusal(open())).toBe('ERR_HANDSHAKE_REJECTED')
    faults.refuseHandshakes(null)
    expect(await refusal(openSocket({ url: 'wss://echo.example/refused', headers: {} }, env()))).toBe(
      'ERR_RATE_LIMITED',
    )
    const cut = open()
    network.faults.cut()
    expect(await refusal(cut)).toBe('ERR_CONNECTION_CLOSED')
    expect(network.connections).toEqual([])
  })

  it('lets go of a handshake that nobody wants any more', async () => {
    const wanted = new AbortController()
    const attempt = openSocket({ url, headers: {} }, env(wanted.signal))
    await pass(15)
    wanted.abort(new Error('not wanted'))
    expect(await settled(attempt)).toMatchObject({ reason: { message: 'not wanted' } })
    expect([venue.openSessions, network.connections]).toEqual([0, []])
  })

  it('answers REST requests, refuses them, or never answers', async () => {
    const ask = (): Promise<unknown> => requestJson({ url: `${restUrl}?a=1`, timeoutMs: 500 }, env())
    expect(await settled(ask())).toMatchObject({ value: { status: 200, body: { query: '?a=1', body: '' } } })
    network.faults.refuseRequests({ status: 429, headers: { 'retry-after': '3' } })
    expect(await refusal(ask())).toBe('ERR_RATE_LIMITED')
    network.faults.refuseRequests(null)
    network.faults.ignoreRequests()
    expect(await refusal(ask(), 600)).toBe('ERR_CONNECTION_TIMEOUT')
    expect([network.pendingRequests, clock.pendingTimers]).toEqual([0, 0])
  })

  it('keeps what an emulation throws, and ends that client', async () => {
    const transport = await opened()
    const { told } = listened(transport)
    transport.send('break')
    await pass(60)
    expect(told).toEqual(['welcome', 'end 1011'])
    expect(network.failures).toMatchObject([{ message: 'broken session' }])
  })

  it('delivers what comes behind a listener that throws', async () => {
    const transport = await opened()
    const told: string[] = []
    const thrown: unknown[] = []
    transport.listen({
      onFrame: (frame) => {
        told.push(frame.bytes.toString('utf8', frame.start, frame.end))
        throw new Error('a listener’s')
      },
      onPong: () => {},
      onClose: ({ code }) => told.push(`end ${code}`),
    })
    network.faults.close(1001)
    for (let passed = 0; passed < 60; passed++) {
      try {
        clock.advance(1)
      } catch (error) {
        thrown.push(error)
      }
    }
    expect(told).toEqual(['welcome', 'end 1001'])
    expect(thrown).toHaveLength(1)
  })
})
