import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../../clock/manual-clock.js'
import { RestServer } from './rest-server.js'
import { RestServers } from './rest-servers.js'

/** Requests that are answered when the test says so. */
class Burst {
  readonly clock = new ManualClock()
  readonly server = new RestServer('http:')
  readonly #underWay: (() => void)[] = []
  begun = 0

  /** Settles once all are answered. */
  ask(count: number, signal: AbortSignal = new AbortController().signal): Promise<unknown> {
    const requests = Array.from({ length: count }, () =>
      this.server.inTurn({ clock: this.clock, signal: AbortSignal.any([signal]) }, () => {
        this.begun += 1
        return new Promise<void>((resolve) => this.#underWay.push(resolve))
      }),
    )
    return Promise.all(requests)
  }

  get underWay(): number {
    return this.#underWay.length
  }

  /** Those under way are answered, and the next ones begin. */
  async answer(count = this.#underWay.length): Promise<void> {
    for (const resolve of this.#underWay.splice(0, count)) resolve()
    await settled()
  }

  async wait(durationMs: number): Promise<void> {
    this.clock.advance(durationMs)
    await settled()
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a burst of requests to one server', () => {
  test('has four connections at first, for which the others wait in order', async () => {
    const burst = new Burst()
    const all = burst.ask(10)
    expect([burst.begun, burst.server.agent.maxSockets]).toEqual([4, 4])
    await burst.answer(1)
    expect(burst.begun).toBe(5)
    while (burst.underWay > 0) await burst.answer()
    await all
    expect(burst.begun).toBe(10)
    expect(burst.server.isIdle).toBe(true)
    expect(burst.clock.pendingTimers).toBe(0)
  })

  test('is given no more where answers come quickly', async () => {
    const burst = new Burst()
    void burst.ask(60)
    for (let answered = 0; answered < 8; answered += 1) await burst.answer()
    await burst.wait(50)
    expect(burst.underWay).toBe(4)
    while (burst.underWay > 0) await burst.answer()
  })

  test('is given twice as many every 50 ms where more wait than were answered meanwhile, 32 at most', async () => {
    const burst = new Burst()
    void burst.ask(100)
    const widths: number[] = []
    for (let look = 0; look < 5; look += 1) {
      await burst.wait(50)
      widths.push(burst.underWay)
    }
    expect(widths).toEqual([8, 16, 32, 32, 32])
    while (burst.underWay > 0) await burst.answer()
    expect(burst.clock.pendingTimers).toBe(0)
  })

  test('begins with four again once there is none', async () => {
    const burst = new Burst()
    void burst.ask(20)
    await burst.wait(50)
    while (burst.underWay > 0) await burst.answer()
    void burst.ask(20)
    expect(burst.underWay).toBe(4)
    while (burst.underWay > 0) await burst.answer()
  })

  test('loses a request that is not wanted any more before its turn, and no other', async () => {
    const burst = new Burst()
    const controller = new AbortController()
    void burst.ask(4)
    const unwanted = burst.ask(1, controller.signal)
    const last = burst.ask(1)
    controller.abort(new Error('enough'))
    await expect(unwanted).rejects.toThrow('enough')
    await burst.answer()
    expect(burst.begun).toBe(5)
    await burst.answer()
    await last
    expect(burst.clock.pendingTimers).toBe(0)
  })

  test('leaves no timer behind when all who wait are gone', async () => {
    const burst = new Burst()
    const controller = new AbortController()
    void burst.ask(4)
    const unwanted = burst.ask(3, controller.signal).catch(() => {})
    controller.abort(new Error('enough'))
    await unwanted
    expect(burst.clock.pendingTimers).toBe(0)
    await burst.answer()
  })

  test('goes on after a request that failed', async () => {
    const { clock, server } = new Burst()
    const limits = { clock, signal: new AbortController().signal }
    const results = await Promise.allSettled(
      Array.from({ length: 9 }, (_, index) =>
        server.inTurn(limits, () => (index % 2 === 0 ? Promise.reject(new Error('no')) : Promise.resolve(index))),
      ),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(4)
    expect(server.isIdle).toBe(true)
  })
})

describe('the connections to a server', () => {
  let respond: (request: IncomingMessage, response: ServerResponse) => void
  const web = createServer((request, response) => respond(request, response))
  let opened = 0
  web.on('connection', () => {
    opened += 1
  })

  beforeEach(async () => {
    opened = 0
    web.listen(0, '127.0.0.1')
    await once(web, 'listening')
  })

  afterEach(async () => {
    web.closeAllConnections()
    web.close()
    await once(web, 'close')
  })

  const call = (server: RestServer): Promise<void> =>
    new Promise((resolve, reject) => {
      const { port } = web.address() as AddressInfo
      get({ host: '127.0.0.1', port, agent: server.agent }, (response) => {
        response.resume()
        response.on('end', resolve)
      }).on('error', reject)
    })

  test('that a slow burst was given are all used by the next one, at once', async () => {
    const waiting: ServerResponse[] = []
    let arrived: () => void = () => {}
    respond = (_request, response) => {
      waiting.push(response)
      arrived()
    }
    const until = (count: number): Promise<void> =>
      new Promise((resolve) => {
        arrived = () => {
          if (waiting.length === count) resolve()
        }
        arrived()
      })
    const clock = new ManualClock()
    const server = new RestServer('http:')
    const limits = { clock, signal: new AbortController().signal }
    const burst = (): Promise<void>[] => Array.from({ length: 8 }, () => server.inTurn(limits, () => call(server)))
    const first = burst()
    clock.advance(50)
    await until(8)
    for (const response of waiting.splice(0)) response.end('{}')
    await Promise.all(first)
    await settled()
    const second = burst()
    await until(8)
    for (const response of waiting.splice(0)) response.end('{}')
    await Promise.all(second)
    expect(opened).toBe(8)
    server.close()
  })

  test('keep no process alive while they are not used', async () => {
    respond = (_request, response) => void response.end('{}')
    const server = new RestServer('http:')
    await call(server)
    await settled()
    const kept = Object.values(server.agent.freeSockets).flat()[0] as unknown as { _handle: { hasRef(): boolean } }
    expect(kept._handle.hasRef()).toBe(false)
    server.close()
  })

  test('are all ended when it is closed', async () => {
    respond = (_request, response) => void response.end('{}')
    const servers = new RestServers()
    const { port } = web.address() as AddressInfo
    const server = servers.of(new URL(`http://127.0.0.1:${port}/a`))
    expect(servers.of(new URL(`http://127.0.0.1:${port}/b?c=d`))).toBe(server)
    await call(server)
    await settled()
    const kept = Object.values(server.agent.freeSockets).flat()[0]!
    const ended = once(kept, 'close')
    servers.close()
    await ended
  })
})

test('of many servers the connections of 16 are kept, and never fewer than are in use', async () => {
  const servers = new RestServers()
  const address = (index: number): URL => new URL(`https://rest-${index}.acme.test/`)
  let answer: () => void = () => {}
  const busy = servers.of(address(0))
  const request = busy.inTurn(
    { clock: new ManualClock(), signal: new AbortController().signal },
    () =>
      new Promise<void>((resolve) => {
        answer = resolve
      }),
  )
  const idle = servers.of(address(1))
  for (let index = 2; index < 40; index += 1) servers.of(address(index))
  expect(servers.of(address(0))).toBe(busy)
  expect(servers.of(address(1))).not.toBe(idle)
  answer()
  await request
})
