import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Acknowledgement } from '../model/message.js'
import type { OutboundMessage, Stream, SubscriptionAction } from '../strategy/subscription-strategy.js'
import { type PendingRequest, SubscriptionLedger } from './ledger.js'

const stream = (id: string): Stream => ({
  id,
  channel: 'trades',
  symbol: null,
  wireChannel: 'trades',
  wireSymbol: null,
  params: [],
})

const message = (
  action: SubscriptionAction,
  ids: readonly string[],
  requestId: number | null = null,
): OutboundMessage => ({
  payload: '',
  action,
  requestId,
  wireChannel: 'trades',
  streams: ids.map(stream),
})

const ack = (parts: Partial<Acknowledgement> = {}): Acknowledgement => ({
  action: null,
  requestId: null,
  wireChannel: null,
  accepted: 'all',
  rejected: [],
  refusedAll: null,
  ...parts,
})

const refusal = (streamId: string) => ({ streamId, exchangeCode: '7', reason: 'no such pair' })
const idsOf = (streams: readonly Stream[]): string[] => streams.map(({ id }) => id)

function ledgerOf(...ids: string[]): SubscriptionLedger {
  const ledger = new SubscriptionLedger()
  ledger.want(ids.map(stream))
  return ledger
}

describe('the ledger', () => {
  test('wants a stream once, and no longer when told so', () => {
    const ledger = ledgerOf('a')
    expect(idsOf(ledger.want([stream('a'), stream('b')]))).toEqual(['b'])
    expect(idsOf(ledger.unwant([stream('a'), stream('x')]))).toEqual(['a'])
    expect(idsOf(ledger.wanted)).toEqual(['b'])
  })

  test('keeps refused streams out and the others in', () => {
    const ledger = ledgerOf('a', 'b', 'c')
    ledger.sent(message('subscribe', ['a', 'b', 'c'], 1))
    const settled = ledger.settle(ack({ requestId: 1, rejected: [refusal('b')] }))
    expect(settled?.refused).toEqual([{ stream: stream('b'), refusal: refusal('b') }])
    expect([ledger.isActive('a'), ledger.has('b'), ledger.isActive('c')]).toEqual([true, false, true])
  })

  test('takes a stream that an answer passes over in silence as refused', () => {
    const ledger = ledgerOf('a', 'b')
    ledger.sent(message('subscribe', ['a', 'b'], 1))
    expect(ledger.settle(ack({ requestId: 1, accepted: ['a'] }))?.refused).toMatchObject([{ stream: { id: 'b' } }])
  })

  test('refuses the named culprit of a request refused whole, and has the others asked for again', () => {
    const ledger = ledgerOf('a', 'b')
    ledger.sent(message('subscribe', ['a', 'b'], 1))
    const refusedAll = { exchangeCode: '2', reason: 'whole request' }
    const settled = ledger.settle(ack({ requestId: 1, accepted: [], rejected: [refusal('a')], refusedAll }))
    expect(settled?.refused.map((refused) => refused.refusal.reason)).toEqual(['no such pair'])
    expect(settled?.retry.map(({ id }) => id)).toEqual(['b'])
    expect(ledger.missing.map(({ id }) => id)).toEqual(['b'])
  })

  test('refuses all of a request refused whole where the named culprit is not of it', () => {
    const ledger = ledgerOf('a', 'b')
    ledger.sent(message('subscribe', ['a', 'b'], 1))
    const refusedAll = { exchangeCode: '2', reason: 'whole request' }
    const settled = ledger.settle(ack({ requestId: 1, accepted: [], rejected: [refusal('z')], refusedAll }))
    expect(settled?.refused.map((refused) => refused.refusal.reason)).toEqual(['whole request', 'whole request'])
    expect(ledger.size).toBe(0)
  })

  test('matches answers without an id in order, among those they can be about', () => {
    const ledger = ledgerOf('a', 'b')
    ledger.sent(message('subscribe', ['a']))
    ledger.sent(message('unsubscribe', ['c']))
    ledger.sent(message('subscribe', ['b']))
    expect(ledger.settle(ack({ action: 'unsubscribe' }))).toMatchObject({ accepted: [{ id: 'c' }] })
    expect(ledger.settle(ack({ wireChannel: 'trades' }))).toMatchObject({ accepted: [{ id: 'a' }] })
    expect(ledger.settle(ack({ wireChannel: 'other' }))).toBeNull()
  })

  test('does not take a late answer without an id for the next request’s', () => {
    const ledger = ledgerOf('a')
    const unanswered = ledger.sent(message('subscribe', ['a']))
    ledger.expire(unanswered)
    ledger.want([stream('b')])
    ledger.sent(message('subscribe', ['b']))
    expect(ledger.settle(ack({ accepted: ['a'] }))).toBeNull()
    expect(ledger.settle(ack({ accepted: [], rejected: [refusal('a')] }))).toBeNull()
    expect(ledger.settle(ack({ accepted: ['b'] }))).toMatchObject({ accepted: [{ id: 'b' }], refused: [] })
  })

  test('lets only the newest request decide over a stream', () => {
    const ledger = ledgerOf('a')
    ledger.sent(message('subscribe', ['a'], 1))
    ledger.unwant([stream('a')])
    ledger.want([stream('a')])
    ledger.sent(message('subscribe', ['a'], 2))
    expect(ledger.settle(ack({ requestId: 1, rejected: [refusal('a')] }))).toMatchObject({ accepted: [], refused: [] })
    expect([ledger.has('a'), ledger.isActive('a')]).toEqual([true, false])
    ledger.settle(ack({ requestId: 2 }))
    expect(ledger.isActive('a')).toBe(true)
  })

  test('ignores late and repeated answers', () => {
    const ledger = ledgerOf('a')
    const request = ledger.sent(message('subscribe', ['a'], 1))
    expect(ledger.settle(ack({ requestId: 1 }))).not.toBeNull()
    expect(ledger.settle(ack({ requestId: 1, rejected: [refusal('a')] }))).toBeNull()
    expect(ledger.expire(request)).toBeNull()
    expect(ledger.isActive('a')).toBe(true)
  })

  test('wants everything again once the connection is gone, and trusts no answer from before', () => {
    const ledger = ledgerOf('a', 'b')
    const request = ledger.sent(message('subscribe', ['a'], 1))
    ledger.reset()
    expect(idsOf(ledger.missing)).toEqual(['a', 'b'])
    expect([ledger.settle(ack({ requestId: 1 })), ledger.expire(request), ledger.activeCount]).toEqual([null, null, 0])
  })
})

const ids = ['a', 'b', 'c', 'd']
const someIds = fc.subarray(ids, { minLength: 1 })
const answer = fc.record({
  refused: fc.subarray(ids),
  way: fc.constantFrom('rejected', 'accepted list', 'refused all'),
})
const step = fc.oneof(
  fc.record({ do: fc.constant('want' as const), ids: someIds }),
  fc.record({ do: fc.constant('unwant' as const), ids: someIds }),
  fc.record({
    do: fc.constant('send' as const),
    ids: someIds,
    action: fc.constantFrom<SubscriptionAction>('subscribe', 'subscribe', 'unsubscribe'),
  }),
  fc.record({ do: fc.constant('answer by id' as const), pick: fc.nat({ max: 20 }), answer }),
  fc.record({ do: fc.constant('answer in order' as const), answer }),
  fc.record({ do: fc.constant('expire' as const), pick: fc.nat({ max: 20 }) }),
  fc.record({ do: fc.constant('reset' as const) }),
)

/** What should be true: for each wanted stream the number of the request that decides over it, or where it stands without one. */
class LedgerModel {
  readonly streams = new Map<string, 'missing' | 'active' | number>()
  readonly sent: { readonly action: SubscriptionAction; readonly ids: readonly string[]; open: boolean }[] = []

  conclude(number: number, refused: ReadonlySet<string>): void {
    const request = this.sent[number]
    if (request === undefined) return
    request.open = false
    for (const id of request.ids) {
      if (request.action === 'unsubscribe' || this.streams.get(id) !== number) continue
      if (refused.has(id)) this.streams.delete(id)
      else this.streams.set(id, 'active')
    }
  }
}

test('every wanted stream is active, requested or missing, exactly one of them, whatever happens in whatever order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const ledger = new SubscriptionLedger()
      const model = new LedgerModel()
      const requests: PendingRequest[] = []
      /** Settles request `number` in the ledger and the model, and holds them equal in what was settled. */
      const settle = (number: number, how: { refused: string[]; way: string }, byId: boolean): void => {
        const request = model.sent[number]
        const asked = request?.ids ?? []
        const refused = new Set(how.way === 'refused all' ? asked : how.refused.filter((id) => asked.includes(id)))
        const accepted = asked.filter((id) => !refused.has(id))
        const result = ledger.settle(
          ack({
            requestId: byId ? number : null,
            accepted: how.way === 'rejected' ? 'all' : how.way === 'refused all' ? [] : accepted,
            rejected: how.way === 'rejected' ? [...refused].map(refusal) : [],
            refusedAll: how.way === 'refused all' ? { exchangeCode: '2', reason: 'all' } : null,
          }),
        )
        if (request?.open !== true) expect(result).toBeNull()
        else expect(result?.action).toBe(request.action)
        if (result !== null) model.conclude(number, refused)
      }
      for (const action of steps) {
        switch (action.do) {
          case 'want':
            ledger.want(action.ids.map(stream))
            for (const id of action.ids) if (!model.streams.has(id)) model.streams.set(id, 'missing')
            break
          case 'unwant':
            ledger.unwant(action.ids.map(stream))
            for (const id of action.ids) model.streams.delete(id)
            break
          case 'send': {
            const number = model.sent.push({ action: action.action, ids: action.ids, open: true }) - 1
            requests.push(ledger.sent(message(action.action, action.ids, number)))
            if (action.action === 'subscribe')
              for (const id of action.ids) if (model.streams.has(id)) model.streams.set(id, number)
            break
          }
          case 'answer by id':
            settle(action.pick, action.answer, true)
            break
          case 'answer in order': {
            const oldest = model.sent.findIndex(({ open }) => open)
            // An answer that names nothing fits any request; one that does, only the oldest it names.
            if (action.answer.way !== 'accepted list') settle(oldest, { ...action.answer, refused: [] }, false)
            break
          }
          case 'expire': {
            const request = requests[action.pick]
            if (request === undefined) break
            const wasOpen = model.sent[action.pick]?.open === true
            expect(ledger.expire(request) !== null).toBe(wasOpen)
            if (wasOpen) model.conclude(action.pick, new Set(ids))
            break
          }
          case 'reset':
            ledger.reset()
            for (const request of model.sent) request.open = false
            for (const id of model.streams.keys()) model.streams.set(id, 'missing')
            break
        }
        const standing = [...model.streams]
        expect(new Set(idsOf(ledger.wanted))).toEqual(new Set(model.streams.keys()))
        expect(ledger.size).toBe(model.streams.size)
        expect(new Set(idsOf(ledger.missing))).toEqual(
          new Set(standing.filter(([, where]) => where === 'missing').map(([id]) => id)),
        )
        expect(ids.filter((id) => ledger.isActive(id))).toEqual(ids.filter((id) => model.streams.get(id) === 'active'))
        expect(ledger.activeCount).toBe(standing.filter(([, where]) => where === 'active').length)
        // Requested means that a request which names the stream is still open: nothing waits for an answer that cannot come.
        for (const [id, where] of standing) {
          if (typeof where !== 'number') continue
          expect(ledger.pendingRequests.some((request) => idsOf(request.message.streams).includes(id))).toBe(true)
        }
        expect(ledger.pendingRequests.length).toBe(model.sent.filter(({ open }) => open).length)
      }
    }),
    { numRuns: 400 },
  )
})
