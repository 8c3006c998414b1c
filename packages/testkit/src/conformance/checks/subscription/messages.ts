import type { Stream } from '@tapewire/core'
import type { OutboundMessage } from '@tapewire/core/adapter'
import type { ConformanceCheck } from '../../check.js'
import { expectEqual, expectTrue, fail } from '../../check-failure.js'
import { closedEnv, composed, requestContext, strategySides, thrownBy } from '../../lab/by-hand.js'
import { manyInstruments } from '../../lab/many-instruments.js'
import { actions, type PlannedSide, plans, severalRequests, textOf } from './planned-sides.js'

const file = 'subscription.ts'
const docs = 'writing-an-adapter.md#strategy-2-the-subscription'

/** A feed that is large. */
const manyStreams = 1_000
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

/** Whether messages cannot be composed without a network. */
async function isNotComposed(set: PlannedSide['set'], streams: readonly Stream[]): Promise<boolean> {
  return (await thrownBy(() => composed(set, 'subscribe', streams, requestContext()))) !== null
}

function comparable({ payload, action, requestId, wireChannel, streams }: OutboundMessage): unknown {
  return { payload: textOf(payload), action, requestId, wireChannel, streams: streams.map(({ id }) => id) }
}
