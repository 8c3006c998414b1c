import { connect } from '@nats-io/transport-node'
import { describe, expect, it } from 'vitest'
import { hasNatsServer, NatsServer } from '../../../tools/nats-server.js'

describe.skipIf(!hasNatsServer)('the nats-server of the tests', () => {
  it('keeps its port over a restart, and a client comes back to it', async () => {
    await using server = await NatsServer.start()
    const client = await connect({ servers: server.url, reconnectTimeWait: 20, maxReconnectAttempts: -1 })
    const isBack = (async () => {
      for await (const { type } of client.status()) if (type === 'reconnect') return
    })()
    await server.restart()
    await isBack
    await client.flush()
    expect(client.isClosed()).toBe(false)
    await client.close()
  })
})
