import { describe, expect, test } from 'vitest'
import { type ManagerBench, useAcme } from './support/manager-bench.js'

const acme = useAcme()

/** The exchange answers the first request of its only client. */
function answerFirst(parts: object): void {
  const [client] = acme.venue.clients
  client?.socket.send(JSON.stringify({ ack: 'subscribe', id: client.requests[0]?.id, ...parts }))
}

/** A manager whose request for A and B is on its way. */
async function asking(bench: ManagerBench): Promise<{ readonly started: Promise<void> }> {
  acme.venue.answers = false
  const started = bench.start('A', 'B')
  await acme.venue.until(() => acme.venue.clients[0]?.requests.length === 1)
  return { started }
}

describe('a refusal', () => {
  test('of what is no stream of its request is reported', async () => {
    const bench = acme.build()
    const { started } = await asking(bench)
    answerFirst({ rejected: ['book_ticker:ZZZ-USDT'] })
    await started
    expect(bench.errors).toMatchObject([
      {
        code: 'ERR_SUBSCRIPTION_REJECTED',
        context: { Stream: 'book_ticker:ZZZ-USDT', 'Exchange code': '7' },
      },
    ])
    expect(bench.errors[0]?.shortMessage).toBe(
      'The exchange refused something that names no stream of its request: no such pair',
    )
  })

  test('of all that a request asked for, after it was accepted, is reported, and its streams have ended', async () => {
    const bench = acme.build()
    const { started } = await asking(bench)
    answerFirst({})
    await started
    answerFirst({ whole: 'too many' })
    await bench.until(() => bench.errors.length > 0)
    expect(bench.errors).toMatchObject([{ code: 'ERR_SUBSCRIPTION_REJECTED' }])
    for (const symbol of ['A/USDT', 'B/USDT']) {
      const state = bench.manager.streamState(symbol, 'book_ticker')
      expect(state).toMatchObject({ status: 'gapped', reason: 'refused by the exchange' })
    }
  })
})
