import type { Stream } from '@tapewire/core'
import type { OutboundMessage, SubscriptionAction } from '@tapewire/core/adapter'
import type { ConformanceCheck } from '../../check.js'
import { expectEqual, expectTrue, fail, skip } from '../../check-failure.js'
import {
  closedEnv,
  composed,
  planAll,
  requestContext,
  type StrategySide,
  strategySides,
  thrownBy,
} from '../../lab/by-hand.js'
import type { Lab } from '../../lab/lab.js'
import { manyInstruments } from '../../lab/many-instruments.js'

const file = 'subscription.ts'
const docs = 'writing-an-adapter.md#strategy-2-the-subscription'
const actions: readonly SubscriptionAction[] = ['subscribe', 'unsubscribe']

/** A feed that is large, and instruments enough for several requests on most exchanges. */
const manyStreams = 1_000
const severalRequests = 120
/** No server is known to take a frame as long as this from a client, bytes. */
const longestPayload = 64 * 1024
/** How long asking for so many may take, s: a feed that starts anew after an outage should not be late for longer. */
const longestStart = 60

/** The requests as they are composed, without anybody to send them to. */
export const messageChecks: readonly ConformanceCheck[] = [
  {
    id: 'subscription.each-stream-once',
    title: 'each stream stands in exactly one message, whatever their order',
    level: 'must',
    needs: [],
    file,
    docs,
    async run(lab) {
      for (const { side, streams, set } of plans(lab, severalRequests)) {
        for (const action of actions) {
          for (const order of [streams, [...streams].reverse()]) {
            const messages = await composed(set, action, order, requestContext())
            const asked = messages.flatMap((message) => [...message.streams])
            expectEqual(
              asked.map(({ id }) => id).sort(),
              order.map(({ id }) => id).sort(),
              `the messages of ${side.name} to ${action} do not hold each stream once`,
            )
            expectTrue(
              asked.every((stream) => order.includes(stream)),
              `a message of ${side.name} is about other stream objects than it was given`,
            )
            expectTrue(
              messages.every((message) => message.streams.length > 0),
              `a message of ${side.name} is about no stream`,
            )
          }
        }
      }
    },
  },
  {
    id: 'subscription.message-form',
    title: 'each message says what it does, on which wire channel, and has something to send',
    level: 'must',
    needs: [],
    file,
    docs,
    async run(lab) {
      for (const { side, streams, set } of plans(lab)) {
        for (const action of actions) {
          for (const message of await composed(set, action, streams, requestContext())) {
            const { payload, requestId, wireChannel } = message
            const frame = payload
            expectEqual(message.action, action, `a message of ${side.name} says that it does something else`, { frame })
            expectTrue(
              (typeof payload === 'string' || payload instanceof Uint8Array) && payload.length > 0,
              `a message of ${side.name} has nothing to send`,
              { expected: 'text or bytes', got: payload },
            )
            expectTrue(
              requestId === null || Number.isSafeInteger(requestId),
              `the requestId of a message of ${side.name} is no whole number and not null`,
              { got: requestId, frame },
            )
            expectTrue(
              typeof wireChannel === 'string' && wireChannel !== '',
              `a message of ${side.name} does not say its wireChannel`,
              { got: wireChannel, frame },
            )
          }
        }
      }
    },
  },
  {
    id: 'subscription.unsubscribe-mirrors',
    title: 'what was subscribed can be unsubscribed, by messages of its own',
    level: 'must',
    needs: [],
    file,
    docs,
    async run(lab) {
      for (const { side, streams, set } of plans(lab)) {
        const begin = await composed(set, 'subscribe', streams, requestContext())
        const end = await composed(set, 'unsubscribe', streams, requestContext())
        const ended = new Set(end.flatMap((message) => message.streams))
        const left = streams.filter((stream) => !ended.has(stream))
        expectEqual(
          left.map(({ id }) => id),
          [],
          `streams of ${side.name} stand in no message that unsubscribes`,
        )
        const payloads = new Set(begin.map(({ payload }) => textOf(payload)))
        for (const { payload } of end) {
          expectTrue(
            !payloads.has(textOf(payload)),
            `a message of ${side.name} that unsubscribes says what one that subscribes does`,
            { frame: payload },
          )
        }
      }
    },
  },
  {
    id: 'subscription.other-streams-other-message',
    title: 'requests for different streams differ in what is sent',
    level: 'must',
    needs: [],
    file,
    docs,
    async run(lab) {
      for (const { side, streams, set } of plans(lab)) {
        for (const action of actions) {
          const seen = new Map<string, string>()
          for (const stream of streams) {
            const messages = await composed(set, action, [stream], requestContext())
            const text = messages.map(({ payload }) => textOf(payload)).join('\n')
            const other = seen.get(text)
            expectTrue(other === undefined, `to ${action} ${stream.id} and ${other}, ${side.name} sends the same`, {
              frame: text,
            })
            seen.set(text, stream.id)
          }
        }
      }
    },
  },
  {
    id: 'subscription.pure',
    title: 'the same request gives the same messages, and leaves what it is given as it is',
    level: 'must',
    needs: [],
    file,
    docs,
    async run(lab) {
      for (const { side, streams, set } of plans(lab)) {
        if (side.scope === 'private' && (await isNotComposed(set, streams))) continue
        const env = closedEnv()
        for (const action of actions) {
          const once = await composed(set, action, Object.freeze([...streams]), requestContext(1, env))
          await composed(set, action === 'subscribe' ? 'unsubscribe' : 'subscribe', streams, requestContext(50, env))
          const twice = await composed(set, action, streams, requestContext(1, env))
          expectEqual(
            twice.map(comparable),
            once.map(comparable),
            `the messages of ${side.name} to ${action} depend on what was asked for before`,
          )
        }
      }
    },
  },
  {
    id: 'subscription.nothing-for-nothing',
    title: 'no stream means no message',
    level: 'must',
    needs: [],
    file,
    docs,
    async run(lab) {
      for (const { side, set } of plans(lab)) {
        for (const action of actions) {
          const messages = await composed(set, action, [], requestContext())
          expectEqual(
            messages.map(({ payload }) => textOf(payload)),
            [],
            `${side.name} sends something to ${action} nothing`,
          )
        }
      }
    },
  },
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
  {
    id: 'subscription.at-once',
    title: 'messages for market data need no waiting',
    level: 'should',
    needs: [],
    file,
    docs,
    run(lab) {
      for (const { side, streams, set } of plans(lab)) {
        if (side.scope === 'private') continue
        const messages = set.subscriptionStrategy.createSubscriptionMessages('subscribe', streams, requestContext())
        expectTrue(
          Array.isArray(messages),
          `${side.name} returns a promise of messages, which costs each subscription a turn`,
          { expected: 'a list', got: messages },
        )
      }
    },
  },
  {
    id: 'subscription.few-and-short',
    title: 'a thousand streams are asked for within a minute, by messages that a server can be expected to take',
    level: 'should',
    needs: [],
    file,
    docs,
    async run(lab) {
      const instruments = manyInstruments(lab, manyStreams)
      const { clientMessagesPerSecond } = lab.definition.limits
      const [side] = strategySides(lab)
      if (side === undefined) return
      for (const channel of side.channels) {
        const set = side.make()
        const streams = set.subscriptionStrategy.plan({ channel, instruments, candleIntervals: null })
        const messages = await composed(set, 'subscribe', streams, requestContext())
        const seconds = messages.length / clientMessagesPerSecond
        expectTrue(
          seconds <= longestStart,
          `${streams.length} streams of ${channel} take ${Math.ceil(seconds)} s to ask for: more of them belong into one message`,
          {
            expected: `at most ${longestStart * clientMessagesPerSecond} messages`,
            got: messages.length,
            frame: messages[0]?.payload ?? '',
          },
        )
        for (const { payload, streams: batch } of messages) {
          const bytes = Buffer.byteLength(payload)
          if (bytes > longestPayload)
            fail(`a message asks for ${batch.length} streams of ${channel} at once`, {
              expected: `at most ${longestPayload} bytes`,
              got: bytes,
              frame: payload,
            })
        }
      }
    },
  },
]

interface PlannedSide {
  readonly side: StrategySide
  readonly set: ReturnType<StrategySide['make']>
  readonly streams: readonly Stream[]
}

/** Every stream of every kind of strategies, of `more` instruments beside those of the lab. */
function plans(lab: Lab, more = 0): readonly PlannedSide[] {
  const instruments = [...lab.instruments, ...manyInstruments(lab, more)]
  return strategySides(lab).map((side) => {
    const set = side.make()
    return { side, set, streams: planAll(set, side, instruments) }
  })
}

/** Whether messages cannot be composed without a network. */
async function isNotComposed(set: PlannedSide['set'], streams: readonly Stream[]): Promise<boolean> {
  return (await thrownBy(() => composed(set, 'subscribe', streams, requestContext()))) !== null
}

function textOf(payload: string | Uint8Array): string {
  return typeof payload === 'string' ? payload : Buffer.from(payload).toString('latin1')
}

function comparable({ payload, action, requestId, wireChannel, streams }: OutboundMessage): unknown {
  return { payload: textOf(payload), action, requestId, wireChannel, streams: streams.map(({ id }) => id) }
}
