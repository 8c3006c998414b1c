import { ManualClock } from '@tapewire/core/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RecordToStore } from './record-to-store.js'
import { StoredPublisher, type StoreLink } from './stored-publisher.js'

/** A server as its clients see it, that answers when it is told to. */
class FakeStore implements StoreLink {
  isUp = true
  readonly kept: RecordToStore[] = []
  readonly #ids = new Set<string>()
  readonly #onUp: (() => void)[] = []
  readonly #waiting: {
    record: RecordToStore
    resolve(answer: { isDuplicate: boolean }): void
    reject(fault: Error): void
  }[] = []

  get waiting(): number {
    return this.#waiting.length
  }

  onUp(callback: () => void): void {
    this.#onUp.push(callback)
  }

  store(record: RecordToStore): Promise<{ readonly isDuplicate: boolean }> {
    return new Promise((resolve, reject) => this.#waiting.push({ record, resolve, reject }))
  }

  /** The oldest request is kept or not, and its answer comes or not. */
  async answer({ isKept = true, isHeard = true } = {}): Promise<void> {
    const request = this.#waiting.shift()
    if (request === undefined) return
    const isDuplicate = this.#ids.has(request.record.id)
    if (isKept && !isDuplicate) {
      this.#ids.add(request.record.id)
      this.kept.push(request.record)
    }
    if (isKept && isHeard) request.resolve({ isDuplicate })
    else request.reject(new Error('no answer'))
    await settled()
  }

  go(isUp: boolean): void {
    this.isUp = isUp
    if (isUp) for (const callback of this.#onUp) callback()
  }
}

/** After everything that waits for a promise only. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function open({ maxWaitingBytes = 1_000, leastWorthFirst = [] as string[] } = {}) {
  const store = new FakeStore()
  const clock = new ManualClock()
  const faults: string[] = []
  const gate = { isOpen: true }
  const publisher = new StoredPublisher({
    link: store,
    clock,
    random: () => 1,
    maxWaitingBytes,
    leastWorthFirst,
    tellLoss: ({ subject, count, from, to }) => recordOf(`${subject} lost ${count}, ${from} to ${to}`, subject),
    onFault: (subject, fault) => faults.push(`${subject}: ${String(fault)}`),
    mayStore: () => gate.isOpen,
  })
  return { store, clock, faults, gate, publisher }
}

function recordOf(id: string, subject = 'orders', receivedAt = 0): RecordToStore {
  return { subject, id, payload: new Uint8Array(100), receivedAt }
}

const ids = (store: FakeStore): readonly string[] => store.kept.map(({ id }) => id)

describe('having records stored', () => {
  it('sends one of a subject at a time, in order', async () => {
    const { store, publisher } = open()
    for (const id of ['a', 'b', 'c']) publisher.publish(recordOf(id))
    expect(store.waiting).toBe(1)
    for (let answers = 0; answers < 3; answers += 1) await store.answer()
    await publisher.idle()
    expect(ids(store)).toEqual(['a', 'b', 'c'])
    expect(publisher.counts).toEqual({ stored: 3, duplicates: 0, retries: 0, dropped: 0, waiting: 0, waitingBytes: 0 })
  })

  it('sends nothing while it may not, whatever is answered, due or there again, and then goes on in order', async () => {
    const { store, clock, gate, publisher } = open()
    for (const id of ['a', 'b', 'c']) publisher.publish(recordOf(id))
    gate.isOpen = false
    await store.answer()
    clock.advance(10_000)
    store.go(true)
    publisher.publish(recordOf('d'))
    expect(store.waiting).toBe(0)
    gate.isOpen = true
    publisher.resume()
    for (let answers = 0; answers < 3; answers += 1) await store.answer()
    expect(ids(store)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('does not hold one subject up for another', async () => {
    const { store, publisher } = open()
    publisher.publish(recordOf('a', 'orders'))
    publisher.publish(recordOf('b', 'balances'))
    expect(store.waiting).toBe(2)
  })

  it('sends a record again, later each time, until the server says that it keeps it', async () => {
    const { store, clock, publisher, faults } = open()
    publisher.publish(recordOf('a'))
    for (const delayMs of [50, 100, 200]) {
      await store.answer({ isKept: false })
      expect(store.waiting).toBe(0)
      clock.advance(delayMs)
      expect(store.waiting).toBe(1)
    }
    await store.answer()
    expect(publisher.counts).toMatchObject({ stored: 1, retries: 3, waiting: 0 })
    expect(faults).toEqual(Array(3).fill('orders: Error: no answer'))
  })

  it('has a record kept once whose acknowledgement was lost', async () => {
    const { store, clock, publisher } = open()
    publisher.publish(recordOf('a'))
    publisher.publish(recordOf('b'))
    await store.answer({ isHeard: false })
    clock.advance(50)
    await store.answer()
    await store.answer()
    expect(ids(store)).toEqual(['a', 'b'])
    expect(publisher.counts).toMatchObject({ stored: 1, duplicates: 1, retries: 1 })
  })

  it('sends nothing while there is no connection, and at once when there is one again', async () => {
    const { store, publisher, clock } = open()
    store.go(false)
    publisher.publish(recordOf('a'))
    clock.advance(60_000)
    expect(store.waiting).toBe(0)
    store.go(true)
    expect(store.waiting).toBe(1)
  })

  it('gives up the oldest where too much waits, and tells of them in their place', async () => {
    const { store, publisher } = open({ maxWaitingBytes: 300 })
    for (const [at, id] of ['a', 'b', 'c', 'd', 'e'].entries()) publisher.publish(recordOf(id, 'orders', at))
    expect(publisher.counts).toMatchObject({ dropped: 2, waiting: 4, waitingBytes: 300 })
    for (let answers = 0; answers < 5; answers += 1) await store.answer()
    // The first was on its way.
    expect(ids(store)).toEqual(['a', 'orders lost 2, 1 to 2', 'd', 'e'])
    expect(publisher.counts).toMatchObject({ stored: 4, waiting: 0, waitingBytes: 0 })
  })

  it('gives up what is worth least first', async () => {
    const { store, publisher } = open({ maxWaitingBytes: 300, leastWorthFirst: ['balances', 'orders'] })
    store.go(false)
    for (const [at, subject] of ['executions', 'orders', 'balances', 'executions', 'executions'].entries()) {
      publisher.publish(recordOf(String(at), subject, at))
    }
    store.go(true)
    for (let answers = 0; answers < 6; answers += 1) await store.answer()
    expect(new Set(ids(store))).toEqual(new Set(['0', 'orders lost 1, 1 to 1', 'balances lost 1, 2 to 2', '3', '4']))
    expect(publisher.counts).toMatchObject({ dropped: 2, stored: 5 })
  })

  it('sends nothing once closed, and who waits for it is not kept waiting', async () => {
    const { store, publisher, clock } = open()
    publisher.publish(recordOf('a'))
    const idle = publisher.idle()
    publisher.close()
    await idle
    await store.answer({ isKept: false })
    clock.advance(60_000)
    publisher.publish(recordOf('b'))
    expect(store.waiting).toBe(0)
    expect(publisher.counts.waiting).toBe(1)
  })

  it('has everything kept once and in order, or told as lost in its place, whatever becomes of requests and answers', async () => {
    const step = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ do: fc.constant('publish'), subject: fc.constantFrom('orders', 'executions') }),
      },
      { weight: 4, arbitrary: fc.record({ do: fc.constant('answer'), isKept: fc.boolean(), isHeard: fc.boolean() }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('go'), isUp: fc.boolean() }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.nat(3_000) }) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { store, clock, publisher } = open({ maxWaitingBytes: 500, leastWorthFirst: ['orders'] })
        let published = 0
        for (const one of steps) {
          if ('subject' in one) {
            published += 1
            publisher.publish(recordOf(String(published), one.subject, published))
          } else if ('isKept' in one) await store.answer(one)
          else if ('isUp' in one) store.go(one.isUp)
          else clock.advance(one.ms)
          expect(publisher.counts.waitingBytes).toBeLessThanOrEqual(700)
        }
        store.go(true)
        while (publisher.counts.waiting > 0) {
          clock.advance(3_000)
          await store.answer()
        }
        let lost = 0
        for (const subject of ['orders', 'executions']) {
          let last = 0
          for (const { id } of store.kept.filter((record) => record.subject === subject)) {
            const loss = / lost (\d+), (\d+) to (\d+)$/.exec(id)
            if (loss !== null) lost += Number(loss[1])
            const first = Number(loss?.[2] ?? id)
            expect(first).toBeGreaterThan(last)
            last = Number(loss?.[3] ?? id)
          }
        }
        const told = store.kept.filter(({ id }) => !id.includes('lost')).length
        expect(told + lost).toBe(published)
        expect(publisher.counts.dropped).toBe(lost)
      }),
      { numRuns: 200 },
    )
  })
})
