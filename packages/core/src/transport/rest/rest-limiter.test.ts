import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { settled } from '../../book/test-support.js'
import { ManualClock } from '../../clock/manual-clock.js'
import { StreamError } from '../../errors/stream-error.js'
import { RestLimiter } from './rest-limiter.js'

let clock: ManualClock
let sent: string[]
let pauses: number[]

beforeEach(() => {
  clock = new ManualClock()
  sent = []
  pauses = []
})

function limiter(requests: number, windowMs = 1_000): RestLimiter {
  return new RestLimiter({
    limit: { requests, windowMs },
    clock,
    random: () => 0,
    onRateLimited: (pauseMs) => pauses.push(pauseMs),
  })
}

function ask(subject: RestLimiter, name: string, rank = 1, signal = new AbortController().signal): Promise<string> {
  const request = async (): Promise<string> => {
    sent.push(name)
    return name
  }
  return subject.run(request, { signal, priority: () => rank })
}

describe('RestLimiter', () => {
  it('lets all that the limit allows out at once, and the rest a window after those have ended', async () => {
    const subject = limiter(4, 500)
    const all = Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ask(subject, name)))
    await settled()
    expect(sent.join('')).toBe('abcd')
    clock.advance(499)
    await settled()
    expect(sent.join('')).toBe('abcd')
    clock.advance(1)
    expect(await all).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
    expect(clock.pendingTimers).toBe(0)
  })

  it('remembers what was spent, however long nothing was asked for since', async () => {
    const subject = limiter(3, 1_000)
    await Promise.all([ask(subject, 'a'), ask(subject, 'b')])
    clock.advance(600)
    const all = Promise.all([ask(subject, 'c'), ask(subject, 'd'), ask(subject, 'e'), ask(subject, 'f')])
    await settled()
    expect(sent.join('')).toBe('abc')
    clock.advance(400)
    await settled()
    expect(sent.join('')).toBe('abcde')
    clock.advance(600)
    await all
    expect(sent.join('')).toBe('abcdef')
  })

  it('counts a request for as long as it is under way, since nobody knows when it arrived', async () => {
    const subject = limiter(1, 1_000)
    const { signal } = new AbortController()
    let finish = (): void => {}
    const slow = subject.run(() => new Promise<void>((resolve) => (finish = resolve)), { signal, priority: () => 1 })
    const next = ask(subject, 'n')
    await settled()
    clock.advance(60_000)
    await settled()
    finish()
    await slow
    clock.advance(999)
    await settled()
    expect(sent).toEqual([])
    clock.advance(1)
    await next
    expect(sent).toEqual(['n'])
  })

  it('never has more than the limit arrive in any window, however long each is on its way there and back', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 900 }),
        fc.array(
          fc.record({
            wait: fc.integer({ min: 0, max: 700 }),
            there: fc.integer({ min: 0, max: 300 }),
            back: fc.integer({ min: 0, max: 300 }),
            isRefused: fc.boolean(),
          }),
          { minLength: 1, maxLength: 60 },
        ),
        async (requests, windowMs, asked) => {
          const own = new ManualClock()
          const subject = new RestLimiter({ limit: { requests, windowMs }, clock: own, random: () => 0 })
          const { signal } = new AbortController()
          const arrivals: number[] = []
          const after = (delayMs: number): Promise<void> =>
            new Promise((resolve) => (delayMs === 0 ? resolve() : void own.setTimer(delayMs, resolve)))
          const passed = async (passMs: number): Promise<void> => {
            await settled()
            for (let rest = passMs; rest > 0; ) {
              const step = Math.min(rest, own.nextTimerInMs ?? rest)
              own.advance(step)
              await settled()
              rest -= step
            }
          }
          const all: Promise<void>[] = []
          for (const { wait, there, back, isRefused } of asked) {
            let mayBeRefused = isRefused
            const request = async (): Promise<void> => {
              await after(there)
              arrivals.push(own.now())
              await after(back)
              if (!mayBeRefused) return
              mayBeRefused = false
              throw new StreamError('ERR_RATE_LIMITED', 'Slow down.')
            }
            all.push(subject.run(request, { signal, priority: () => 1 }))
            await passed(wait)
          }
          while (own.pendingTimers > 0) await passed(own.nextTimerInMs ?? 1)
          await Promise.all(all)
          expect(arrivals.length).toBe(asked.length + asked.filter(({ isRefused }) => isRefused).length)
          for (const [index, start] of arrivals.entries()) {
            const within = arrivals.slice(index).filter((time) => time - start < windowMs).length
            expect(within).toBeLessThanOrEqual(requests)
          }
        },
      ),
      { numRuns: 40 },
    )
  })

  it('gives turns by priority, as it is when the turn comes', async () => {
    const subject = limiter(1)
    let rank = 0
    const { signal } = new AbortController()
    const all = [ask(subject, 'a'), ask(subject, 'b', 1), ask(subject, 'c', 1)]
    all.push(
      subject.run(
        async () => {
          sent.push('d')
          return 'd'
        },
        { signal, priority: () => rank },
      ),
    )
    await settled()
    rank = 2
    for (let second = 0; second < 3; second += 1) {
      clock.advance(1_000)
      await settled()
    }
    await Promise.all(all)
    expect(sent.join('')).toBe('adbc')
  })

  it('keeps no more than 20 under way, whatever the limit', async () => {
    const subject = limiter(1_000)
    const { signal } = new AbortController()
    const finish: (() => void)[] = []
    const slow = (): Promise<void> => new Promise((resolve) => finish.push(resolve))
    const all = Array.from({ length: 22 }, () => subject.run(slow, { signal, priority: () => 1 }))
    await settled()
    expect([finish.length, subject.waiting]).toEqual([20, 2])
    finish[0]?.()
    await settled()
    expect(finish.length).toBe(21)
    for (const each of finish) each()
    await settled()
    for (const each of finish) each()
    await Promise.all(all)
  })

  it('holds everybody back, longer each time, while the exchange says that it is too much', async () => {
    const subject = limiter(1)
    let refusals = 3
    const { signal } = new AbortController()
    const request = async (): Promise<string> => {
      sent.push('x')
      refusals -= 1
      if (refusals >= 0) throw new StreamError('ERR_RATE_LIMITED', 'Slow down.')
      return 'had'
    }
    const had = subject.run(request, { signal, priority: () => 2 })
    await settled()
    const other = ask(subject, 'o', 1)
    await settled()
    expect(sent.join('')).toBe('x')
    while (pauses.length < 3) {
      clock.advance(clock.nextTimerInMs ?? 0)
      await settled()
    }
    expect(pauses).toEqual([500, 1_000, 2_000])
    expect(sent.join('')).toBe('xxx')
    clock.advance(2_000)
    expect(await had).toBe('had')
    clock.advance(1_000)
    expect(await other).toBe('o')
  })

  it('pauses once for requests refused together, and anew after one that went well', async () => {
    const subject = limiter(20)
    const { signal } = new AbortController()
    const refuseOnce = (): (() => Promise<void>) => {
      let isRefused = false
      return async () => {
        if (isRefused) return
        isRefused = true
        throw new StreamError('ERR_RATE_LIMITED', 'Slow down.')
      }
    }
    for (let round = 0; round < 2; round += 1) {
      const all = [1, 2, 3].map(() => subject.run(refuseOnce(), { signal, priority: () => 1 }))
      await settled()
      clock.advance(500)
      await Promise.all(all)
    }
    expect(pauses).toEqual([500, 500])
  })

  it('waits at least as long as the exchange says', async () => {
    const subject = limiter(10)
    let isFirst = true
    const { signal } = new AbortController()
    const request = async (): Promise<string> => {
      if (!isFirst) return 'had'
      isFirst = false
      throw new StreamError('ERR_RATE_LIMITED', 'Slow down.', { retryAfterMs: 30_000 })
    }
    const had = subject.run(request, { signal, priority: () => 1 })
    await settled()
    expect(pauses).toEqual([30_000])
    clock.advance(30_000)
    expect(await had).toBe('had')
  })

  it('leaves every other failure to the caller', async () => {
    const subject = limiter(1)
    const { signal } = new AbortController()
    const failure = new StreamError('ERR_REST_FAILED', 'No.')
    await expect(subject.run(() => Promise.reject(failure), { signal, priority: () => 1 })).rejects.toBe(failure)
  })

  it('forgets who is aborted', async () => {
    const subject = limiter(1)
    const leaving = new AbortController()
    const first = ask(subject, 'a')
    const second = ask(subject, 'b', 1, leaving.signal)
    const third = ask(subject, 'c')
    const reason = new Error('not needed')
    leaving.abort(reason)
    await expect(second).rejects.toBe(reason)
    await expect(ask(subject, 'd', 1, leaving.signal)).rejects.toBe(reason)
    await first
    clock.advance(1_000)
    await third
    expect(sent.join('')).toBe('ac')
  })

  it('does not send what is aborted just as its turn comes', async () => {
    const leaving = new AbortController()
    const asked = ask(limiter(1), 'a', 1, leaving.signal)
    const reason = new Error('not needed')
    leaving.abort(reason)
    await expect(asked).rejects.toBe(reason)
    expect(sent).toEqual([])
  })

  it('refuses everybody once closed, and leaves no timer', async () => {
    const subject = limiter(1)
    await ask(subject, 'a')
    const waiting = ask(subject, 'b')
    subject.close()
    await expect(waiting).rejects.toMatchObject({ code: 'ERR_CLOSED' })
    await expect(ask(subject, 'c')).rejects.toMatchObject({ code: 'ERR_CLOSED' })
    expect(clock.pendingTimers).toBe(0)
  })
})
