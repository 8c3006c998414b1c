import type { ConformanceCheck } from '../../check.js'
import { expectEqual, expectTrue, skip } from '../../check-failure.js'
import { closedEnv, composed, requestContext, strategySides } from '../../lab/by-hand.js'
import { actions, plans, severalRequests, textOf } from './planned-sides.js'

const file = 'subscription.ts'
const docs = 'writing-an-adapter.md#strategy-2-the-subscription'

/** By what an answer is known to be of a request. */
export const requestIdChecks: readonly ConformanceCheck[] = [
  {
    id: 'subscription.ids-of-the-context',
    title: 'request ids are those that the context gives, each used once',
    level: 'must',
    needs: [],
    file,
    docs,
    async run(lab) {
      for (const { side, streams, set } of plans(lab, severalRequests)) {
        const first = 987_654_000
        const begin = requestContext(first)
        const end = requestContext(first + 500)
        const messages = [
          ...(await composed(set, 'subscribe', streams, begin)),
          ...(await composed(set, 'unsubscribe', streams, end)),
        ]
        const ids = messages.map(({ requestId }) => requestId).filter((id) => id !== null)
        const given = [...begin.given, ...end.given]
        expectEqual(ids, [...new Set(ids)], `two messages of ${side.name} have one request id`)
        const foreign = ids.filter((id) => !given.includes(id))
        expectEqual(
          foreign,
          [],
          `${side.name} uses request ids that the context did not give: another connection may use them too`,
        )
      }
    },
  },
  {
    id: 'subscription.id-is-sent',
    title: 'a message that has a request id sends it',
    level: 'must',
    needs: [],
    file,
    docs,
    async run(lab) {
      for (const { side, streams, set } of plans(lab)) {
        const env = closedEnv()
        for (const action of actions) {
          const ofOne = await composed(set, action, streams, requestContext(987_654_321, env))
          const ofOther = await composed(set, action, streams, requestContext(123_456_789, env))
          for (const [place, { payload, requestId }] of ofOne.entries()) {
            if (requestId === null) continue
            const other = ofOther[place]
            const isSent =
              typeof payload === 'string'
                ? payload.includes(String(requestId))
                : other !== undefined && textOf(other.payload) !== textOf(payload)
            expectTrue(isSent, `a message of ${side.name} does not send its request id, which the answer is to echo`, {
              expected: requestId,
              frame: payload,
            })
          }
        }
      }
    },
  },
  {
    id: 'subscription.own-requests',
    title: 'a request of the user’s own is sent with its fields and its id, and left as it is',
    level: 'must',
    needs: [],
    file,
    docs,
    run(lab) {
      let tried = 0
      for (const side of strategySides(lab)) {
        const { subscriptionStrategy } = side.make()
        if (subscriptionStrategy.createRequest === undefined) continue
        tried += 1
        const request = Object.freeze({ word: 'kit', list: Object.freeze(['one', 'two']) })
        const payload = subscriptionStrategy.createRequest(request, 987_654_321)
        for (const part of ['kit', 'one', 'two', '987654321']) {
          expectTrue(payload.includes(part), `createRequest() of ${side.name} leaves out ${part}`, {
            expected: { ...request, id: 987_654_321 },
            frame: payload,
          })
        }
      }
      if (tried === 0) skip(`${lab.definition.name} echoes no ids of a user’s own requests.`)
    },
  },
]
