import type { ConformanceCheck } from '../../check.js'
import { fail, skip } from '../../check-failure.js'
import type { Lab } from '../../lab/lab.js'
import { manyInstruments } from '../../lab/many-instruments.js'
import { openByHand, type SessionByHand } from '../../lab/session-by-hand.js'

const docs = 'writing-an-adapter.md#the-definition'
/** Streams of so many instruments are more than any exchange that limits them takes on one connection, as far as a check can ask for them. */
const instrumentsAsked = 120
/** Messages sent in one second, at most. */
const messagesSent = 500
/** How long a request may take to be done, ms; sent one after the other, so that no other limit is met. */
const pauseMs = 100

/** What the emulation takes of one connection, without a manager that keeps below it. */
export const enforcedLimitChecks: readonly ConformanceCheck[] = [
  {
    id: 'definition.streams-as-the-exchange-has-it',
    title: 'a connection may not carry more streams by the definition than the exchange takes on one',
    level: 'must',
    needs: ['venue.streams'],
    file: 'definition.ts',
    docs,
    async run(lab) {
      const { streamsPerConnection, streamHeadroom } = lab.definition.limits
      const session = await opened(lab)
      const asked = new Set<string>()
      let taken = 0
      let isRefused = false
      for (const { payload, streams } of await session.trial.requests('subscribe')) {
        session.send(payload)
        await session.stage.pass(pauseMs)
        if (session.isEnded) break
        for (const { id } of streams) asked.add(id)
        taken = Math.max(taken, session.streams.length)
        isRefused = session.streams.length < asked.size
        if (isRefused) break
      }
      if (!isRefused) skip(`The emulation took ${taken} streams on one connection, and refused none.`)
      if (streamsPerConnection - streamHeadroom <= taken) return
      fail('the exchange refuses streams on one connection that the limits of the definition leave room for', {
        expected: `streamsPerConnection of at most ${taken}, which the emulation took on one`,
        got: { streamsPerConnection, streamHeadroom },
      })
    },
  },
  {
    id: 'definition.client-messages-as-the-exchange-has-it',
    title: 'a client may not send more messages in a second by the definition than the exchange takes',
    level: 'must',
    needs: ['venue'],
    file: 'definition.ts',
    docs,
    async run(lab) {
      const { clientMessagesPerSecond } = lab.definition.limits
      const session = await opened(lab)
      const [request] = await session.trial.requests('subscribe')
      if (request === undefined) skip('Nothing is to be sent.')
      let sent = 0
      while (sent < messagesSent && !session.isEnded) {
        session.send(request.payload)
        sent += 1
      }
      if (!session.isEnded) skip(`The emulation took ${sent} messages in one moment, and did not mind.`)
      const taken = sent - 1
      if (clientMessagesPerSecond <= taken) return
      fail('the exchange ends a connection that sends no more than the limits of the definition let it', {
        expected: `clientMessagesPerSecond of at most ${taken}`,
        got: clientMessagesPerSecond,
      })
    },
  },
]

async function opened(lab: Lab): Promise<SessionByHand> {
  return (await openByHand(lab, manyInstruments(lab, instrumentsAsked))) ?? fail('no connection is opened')
}
