import { describe, expect, test } from 'vitest'
import { ManualClock } from '../clock/manual-clock.js'
import { Heartbeat } from './heartbeat.js'

function build(
  intervalMs = 100,
  timeoutMs = 30,
): { clock: ManualClock; heartbeat: Heartbeat; log: string[]; hear: () => void } {
  const clock = new ManualClock(0)
  let heard = false
  const log: string[] = []
  const heartbeat = new Heartbeat({
    intervalMs,
    timeoutMs,
    clock,
    takeHeard: () => {
      const taken = heard
      heard = false
      return taken
    },
    ping: () => void log.push(`ping ${clock.now()}`),
    onDead: () => {
      log.push(`dead ${clock.now()}`)
      heartbeat.stop()
    },
  })
  heartbeat.start()
  const hear = (): void => {
    heard = true
  }
  return { clock, heartbeat, log, hear }
}

describe('Heartbeat', () => {
  test('pings on its interval as long as it is answered', () => {
    const { clock, heartbeat, log } = build()
    clock.advance(129)
    for (let round = 0; round < 3; round += 1) {
      heartbeat.onPong()
      clock.advance(100)
    }
    expect(log).toEqual(['ping 100', 'ping 200', 'ping 300', 'ping 400'])
  })

  test('reports a connection that does not answer in time, once', () => {
    const { clock, log } = build()
    clock.advance(1_000)
    expect(log).toEqual(['ping 100', 'dead 130'])
    expect(clock.pendingTimers).toBe(0)
  })

  test('takes whatever arrives after a ping for life, and nothing that came before it', () => {
    const { clock, log, hear } = build()
    hear()
    clock.advance(110)
    hear()
    clock.advance(85)
    expect(log).toEqual(['ping 100'])
    hear()
    clock.advance(1_000)
    expect(log).toEqual(['ping 100', 'ping 200', 'dead 230'])
  })

  test('forgets what arrived before an earlier ping no less where pings follow one another quickly', () => {
    const { clock, log, hear } = build(10, 25)
    clock.advance(12)
    hear()
    clock.advance(1_000)
    expect(log.at(-1)).toBe('dead 45')
  })

  test('waits from the first ping that nothing follows, though something followed the one before, which was waited for still', () => {
    const { clock, log, hear } = build(100, 100)
    clock.advance(105)
    hear()
    clock.advance(1_000)
    expect(log).toEqual(['ping 100', 'ping 200', 'ping 300', 'dead 300'])
  })

  test('takes any answer for all pings before, also where the answer takes longer than the interval', () => {
    const { clock, heartbeat, log } = build(10, 25)
    clock.advance(34)
    heartbeat.onPong()
    clock.advance(5)
    expect(log).toEqual(['ping 10', 'ping 20', 'ping 30'])
    clock.advance(100)
    expect(log.at(-1)).toBe('dead 65')
  })

  test('holds silence against nobody while suspended, but goes on pinging', () => {
    const { clock, heartbeat, log } = build()
    clock.advance(110)
    heartbeat.suspend(true)
    clock.advance(300)
    expect(log).toEqual(['ping 100', 'ping 200', 'ping 300', 'ping 400'])
    heartbeat.suspend(false)
    clock.advance(130)
    expect(log.slice(4)).toEqual(['ping 500', 'dead 530'])
  })

  test('never pings without an interval, and leaves nothing behind when stopped', () => {
    expect(build(0).clock.pendingTimers).toBe(0)
    const { clock, heartbeat } = build()
    clock.advance(110)
    heartbeat.stop()
    expect(clock.pendingTimers).toBe(0)
  })

  test('says when the last ping was sent that was answered, each pong taken for an answer to the oldest', () => {
    const { clock, heartbeat, hear } = build(10, 25)
    expect(heartbeat.answeredAt).toBeNull()
    clock.advance(14)
    heartbeat.onPong()
    expect(heartbeat.answeredAt).toBe(10)
    clock.advance(20)
    hear()
    heartbeat.onPong()
    expect(heartbeat.answeredAt).toBe(20)
    heartbeat.onPong()
    heartbeat.onPong()
    expect(heartbeat.answeredAt).toBe(30)
  })

  test('takes a ping of the other side for life, and for no answer', () => {
    const { clock, heartbeat, log } = build()
    clock.advance(110)
    heartbeat.onLife()
    clock.advance(60)
    expect([log, heartbeat.answeredAt]).toEqual([['ping 100'], null])
  })

  test('remembers eight pings that are not answered, and no more', () => {
    const { clock, heartbeat, hear } = build(10, 25)
    for (let round = 0; round < 100; round += 1) {
      clock.advance(10)
      hear()
    }
    for (let round = 0; round < 20; round += 1) heartbeat.onPong()
    expect(heartbeat.answeredAt).toBe(80)
  })
})
