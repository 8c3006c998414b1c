import { WebSocketManager } from '@tapewire/core'
import { mexcSpot } from '@tapewire/exchange-mexc'
import { afterEach, describe, expect, it } from 'vitest'
import { exchanges, gateio, mexc } from '../src/scene/exchanges.js'
import { btc, closeScenes, eth, Scene } from '../src/scene/scene.js'

const request = { symbols: [btc, eth], channels: ['orderbook', 'trades'] } as const

afterEach(closeScenes)

/** Nothing is left of what was closed: no connection, no timer. */
async function expectNothingLeft(scene: Scene): Promise<void> {
  await scene.until(() => scene.seen.openSessions.length === 0)
  scene.server.market.stop()
  scene.venue.account.stop()
  expect(scene.clock.delays).toEqual([])
}

describe.each(exchanges)('a manager of $title that is closed', (exchange) => {
  it('while it delivers leaves nothing behind, and says so to whoever calls it', async () => {
    const scene = await Scene.open(exchange)
    const { manager, record } = scene.manager()
    await manager.initialize(request)
    await manager.awaitBook(btc)
    const messages = manager.messages()
    await Promise.all([manager.close(), manager.close()])
    await expectNothingLeft(scene)
    expect(await messages.next()).toMatchObject({ done: true })
    expect(record.states).toEqual(['connecting', 'connected', 'closing', 'closed'])
    await expect(manager.subscribe([eth])).rejects.toMatchObject({ code: 'ERR_CLOSED' })
    await expect(manager.initialize(request)).rejects.toMatchObject({ code: 'ERR_CLOSED' })
    expect(manager.orderBook(btc)?.isLive ?? false).toBe(false)
  })

  it('while it connects or waits for acknowledgements has the call refused and leaves nothing behind', async () => {
    const scene = await Scene.open(exchange)
    scene.venue.control.silenceAcks()
    for (const sessions of [0, 1]) {
      const { manager } = scene.manager()
      const initialized = manager.initialize(request).catch((thrown: unknown) => thrown)
      await scene.until(
        () => scene.seen.sessions.length >= sessions && (sessions === 0 || scene.seen.messages.length > 0),
      )
      await manager.close()
      expect(await initialized).toMatchObject({ code: 'ERR_CLOSED' })
      await expectNothingLeft(scene)
    }
  })

  it('while a book waits for its snapshot has whoever awaits it refused', async () => {
    const scene = await Scene.open(exchange)
    scene.seen.intercept = () => ({ status: 429, body: '{}' })
    const { manager } = scene.manager()
    await manager.initialize(request)
    const book = manager.awaitBook(btc).catch((thrown: unknown) => thrown)
    await scene.until(() => scene.seen.requests.length > 0)
    await manager.close()
    expect(await book).toMatchObject({ code: 'ERR_CLOSED' })
    await expectNothingLeft(scene)
  })

  it('while it waits to connect again leaves nothing behind', async () => {
    const scene = await Scene.open(exchange)
    const { manager, record } = scene.manager()
    await manager.initialize(request)
    scene.server.faults.refuseConnections(503)
    scene.server.faults.terminateAll()
    await scene.until(() => record.logged('reconnect-failed').length > 0)
    const subscribed = manager.subscribe(['SOL/USDT']).catch((thrown: unknown) => thrown)
    await manager.close()
    expect(await subscribed).toMatchObject({ code: 'ERR_CLOSED' })
    await expectNothingLeft(scene)
    expect(record.states.at(-1)).toBe('closed')
  })

  it('while the other side is frozen ends the socket after a while', async () => {
    const scene = await Scene.open(exchange)
    const { manager } = scene.manager()
    await manager.initialize(request)
    scene.server.faults.freeze()
    const closed = manager.close()
    await scene.until(() => scene.clock.delays.includes(1_000))
    scene.clock.advance(1_000)
    await closed
    scene.server.faults.resume()
    await expectNothingLeft(scene)
  })
})

describe('a manager that is closed while one connection takes over from another', () => {
  it('leaves neither of them behind', async () => {
    for (const turns of [0, 1, 3, 6, 12]) {
      const scene = await Scene.open(gateio)
      const { manager, record } = scene.manager()
      await manager.initialize(request)
      scene.venue.control.announceUpgrade()
      await scene.until(() => record.logged('take-over').length === 1)
      for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve))
      await manager.close()
      await expectNothingLeft(scene)
      expect(record.errors).toEqual([])
    }
  })
})

describe('an account feed of MEXC that is closed', () => {
  it('while it opens leaves neither a connection nor its listen key behind', async () => {
    for (const turns of [0, 1, 2, 3, 4, 6, 8]) {
      const scene = await Scene.open(mexc)
      const strategies = mexcSpot.private(mexc.credentials, scene.endpoints)
      const manager = new WebSocketManager({ strategies, clock: scene.clock })
      const initialized = manager.initialize({ symbols: [], channels: ['orders'] }).catch((thrown: unknown) => thrown)
      await scene.until(() => scene.seen.sessions.length === 1)
      for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve))
      await manager.close()
      await initialized
      await expectNothingLeft(scene)
      expect(scene.venue.control.listenKeys).toEqual([])
    }
  })
})
