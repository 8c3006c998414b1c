import type { ExchangeFeed } from '@tapewire/core'
import { expect, it } from 'vitest'
import { GroupAccount } from './group-account.js'

it('a feed whose relay finds no NATS is closed, and nothing listens to it any more', async () => {
  const listeners = new Set<unknown>()
  let isClosed = false
  const feed = {
    exchange: 'acme_spot',
    streamStates: () => [],
    on: (event: string, listener: unknown) => {
      const one = [event, listener]
      listeners.add(one)
      return () => listeners.delete(one)
    },
    close: async () => {
      isClosed = true
    },
  } as unknown as ExchangeFeed
  const account = new GroupAccount({
    account: 'main',
    share: 'account-main',
    leaseMs: 1_000,
    // Nobody is there.
    relayOptions: { servers: 'nats://127.0.0.1:9' },
    open: async () => feed,
    mayPublish: () => true,
    isMember: () => true,
    limiterOf: () => ({ permit: () => ({ attempt: async () => {}, end: () => {} }) }),
    onError: () => {},
  })
  const prepared = account.prepare(new AbortController().signal)
  await expect(prepared).rejects.toMatchObject({ code: 'ERR_CONNECTION_REFUSED' })
  expect({ isClosed, listening: listeners.size }).toEqual({ isClosed: true, listening: 0 })
})
