import { describe, expect, test } from 'vitest'
import { ManualClock } from '../clock/manual-clock.js'
import { confirmMessage, replyMessage } from '../decode/compose-message.js'
import { StreamError } from '../errors/stream-error.js'
import type { Acknowledgement, ReplyData } from '../model/message.js'
import { Replies } from './replies.js'

const reply = (requestId: number | null, parts: Partial<ReplyData> = {}) =>
  replyMessage(0, { requestId, ok: true, exchangeCode: null, reason: null, payload: null, ...parts })

/** A request that goes out at once. */
const ask = (replies: Replies, requestId: number, timeoutMs: number, signal?: AbortSignal): Promise<ReplyData> =>
  replies.request(requestId, timeoutMs, signal, (onSent) => {
    onSent()
    return () => {}
  })

/** A request whose turn has not come. */
function askLater(replies: Replies, requestId: number, signal?: AbortSignal) {
  const turn = { onSent: () => {}, onUnsent: (_reason: StreamError) => {}, takenBack: 0 }
  const waiting = replies.request(requestId, 1_000, signal, (onSent, onUnsent) => {
    Object.assign(turn, { onSent, onUnsent })
    return () => {
      turn.takenBack += 1
    }
  })
  return { turn, waiting }
}

function build(): { clock: ManualClock; replies: Replies } {
  const clock = new ManualClock()
  return { clock, replies: new Replies(clock) }
}

describe('a request that waits for its reply', () => {
  test('gets the one with its id, whatever that says', async () => {
    const { clock, replies } = build()
    const first = ask(replies, 1, 1_000)
    const second = ask(replies, 2, 1_000)
    const refused = { ok: false, exchangeCode: '40', reason: 'no balance', payload: { left: 0 } }
    expect([replies.take(reply(2, refused)), replies.take(reply(1))]).toEqual([true, true])
    expect(await second).toEqual({ requestId: 2, ...refused })
    expect(await first).toMatchObject({ requestId: 1, ok: true })
    expect(clock.pendingTimers).toBe(0)
  })

  test('leaves to others what is not for it: another id, none, or its own a second time', async () => {
    const { replies } = build()
    const waiting = ask(replies, 1, 1_000)
    expect([replies.take(reply(2)), replies.take(reply(null))]).toEqual([false, false])
    expect([replies.take(reply(1)), replies.take(reply(1))]).toEqual([true, false])
    await waiting
  })

  test('takes an acknowledgement for its reply, where the exchange answers as it answers subscriptions', async () => {
    const { replies } = build()
    const take = async (answer: Partial<Acknowledgement>): Promise<ReplyData> => {
      const waiting = ask(replies, 1, 1_000)
      expect(replies.take(confirmMessage(0, { requestId: 1, ...answer }))).toBe(true)
      return waiting
    }
    const named = { streamId: 'login', exchangeCode: '2', reason: 'no such key' }
    expect(await take({ others: 'accepted' })).toMatchObject({ ok: true, exchangeCode: null, reason: null })
    expect(await take({ others: { exchangeCode: '1', reason: 'denied' } })).toMatchObject({
      requestId: 1,
      ok: false,
      exchangeCode: '1',
      reason: 'denied',
    })
    const unnamed = { exchangeCode: '2', reason: 'one of them' }
    expect(await take({ others: { split: unnamed } })).toMatchObject({ ok: false, ...unnamed })
    expect(await take({ rejected: [named] })).toMatchObject({ ok: false, exchangeCode: '2', reason: 'no such key' })
    expect((await take({ rejected: [named] })).payload).toMatchObject({ rejected: [named] })
    expect(replies.take(confirmMessage(0, { requestId: 1 }))).toBe(false)
  })

  test('is told when none came in time, and that it may have been carried out', async () => {
    const { clock, replies } = build()
    const waiting = ask(replies, 1, 1_000)
    waiting.catch(() => {})
    clock.advance(999)
    expect(clock.pendingTimers).toBe(1)
    clock.advance(1)
    await expect(waiting).rejects.toThrowErrorMatchingInlineSnapshot(`
      [StreamError: The exchange did not answer a request within 1000 ms.  [ERR_REPLY_TIMEOUT]
      It may have carried the request out all the same: look before you ask again.]
    `)
    expect(replies.take(reply(1))).toBe(false)
  })

  test('ends with the reason of its signal, and leaves no timer and no listener', async () => {
    const { clock, replies } = build()
    const controller = new AbortController()
    const waiting = ask(replies, 1, 1_000, controller.signal)
    const reason = new Error('changed my mind')
    controller.abort(reason)
    await expect(waiting).rejects.toBe(reason)
    expect([clock.pendingTimers, replies.take(reply(1))]).toEqual([0, false])
  })

  test('does not begin where its signal is aborted already', async () => {
    const { clock, replies } = build()
    const reason = new Error('too late')
    await expect(ask(replies, 1, 1_000, AbortSignal.abort(reason))).rejects.toBe(reason)
    expect([clock.pendingTimers, replies.take(reply(1))]).toEqual([0, false])
  })

  test('is not ended by a signal that is aborted after the reply', async () => {
    const { replies } = build()
    const controller = new AbortController()
    const waiting = ask(replies, 1, 1_000, controller.signal)
    replies.take(reply(1))
    controller.abort()
    expect(await waiting).toMatchObject({ ok: true })
  })

  test('is told where it could not go out, at once or later, it alone', async () => {
    const { clock, replies } = build()
    const closed = new StreamError('ERR_CONNECTION_CLOSED', 'gone')
    const { turn, waiting: first } = askLater(replies, 1)
    const second = ask(replies, 2, 1_000)
    const third = replies.request(3, 1_000, undefined, (_onSent, onUnsent) => {
      onUnsent(closed)
      return () => {}
    })
    turn.onUnsent(closed)
    await expect(first).rejects.toBe(closed)
    await expect(third).rejects.toBe(closed)
    replies.take(reply(2))
    expect([(await second).ok, clock.pendingTimers]).toEqual([true, 0])
  })

  test('has its whole time to be answered from when it went out', async () => {
    const { clock, replies } = build()
    const { turn, waiting } = askLater(replies, 1)
    clock.advance(999)
    turn.onSent()
    clock.advance(999)
    expect(replies.take(reply(1))).toBe(true)
    expect([await waiting, clock.pendingTimers]).toMatchObject([{ ok: true }, 0])
  })

  test('is taken back where its turn does not come in time, and told that it was not sent', async () => {
    const { clock, replies } = build()
    const { turn, waiting } = askLater(replies, 1)
    waiting.catch(() => {})
    clock.advance(1_000)
    await expect(waiting).rejects.toThrowErrorMatchingInlineSnapshot(`
      [StreamError: A request was not sent: its turn did not come within 1000 ms.  [ERR_NOT_SENT]
      More messages wait than the exchange’s rate lets through: send fewer, or give it more time by timeoutMs.]
    `)
    expect([turn.takenBack, clock.pendingTimers]).toEqual([1, 0])
  })

  test('is taken back where its signal is aborted before it went out', async () => {
    const { clock, replies } = build()
    const controller = new AbortController()
    const { turn, waiting } = askLater(replies, 1, controller.signal)
    controller.abort(new Error('changed my mind'))
    await expect(waiting).rejects.toBe(controller.signal.reason)
    expect([turn.takenBack, clock.pendingTimers]).toEqual([1, 0])
  })

  test('is told with all the others when none will come any more, those apart that have not gone out', async () => {
    const { clock, replies } = build()
    const unknown = new StreamError('ERR_OUTCOME_UNKNOWN', 'the connection ended')
    const waiting = [1, 2, 3].map((id) => ask(replies, id, 1_000))
    const closed = new StreamError('ERR_CLOSED', 'closed')
    const { turn, waiting: unsent } = askLater(replies, 4)
    replies.failSent(unknown)
    replies.failSent(closed)
    for (const wait of waiting) await expect(wait).rejects.toBe(unknown)
    expect(turn.takenBack).toBe(0)
    replies.failUnsent(closed)
    await expect(unsent).rejects.toBe(closed)
    expect(turn.takenBack).toBe(1)
    expect([clock.pendingTimers, replies.take(reply(2))]).toEqual([0, false])
  })
})
