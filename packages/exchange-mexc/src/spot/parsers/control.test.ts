import { MessageType } from '@tapewire/core'
import { frameOf } from '@tapewire/core/testing'
import { describe, expect, it } from 'vitest'
import { controlMessage } from './control.js'

const deals = 'spot@public.aggre.deals.v3.api.pb@100ms@BTCUSDT'
const depth = 'spot@public.aggre.depth.v3.api.pb@100ms@龙虾USDT'
const retired = 'spot@public.deals.v3.api@BTCUSDT'

function parse(text: string): ReturnType<typeof controlMessage> {
  return controlMessage(frameOf(text, 5))
}

function reply(msg: string, id = 7, code = 0): string {
  return JSON.stringify({ id, code, msg })
}

const notMentioned = { split: { exchangeCode: null, reason: 'not mentioned in the exchange’s answer' } }
const blank = { action: null, requestId: 7, wireChannel: null, rejected: [], others: notMentioned }

describe('control replies', () => {
  it('accept the streams they echo, in whatever order', () => {
    expect(parse(reply(`${depth},${deals}`))).toMatchObject({
      type: MessageType.SubscriptionConfirm,
      data: { ...blank, accepted: [depth, deals] },
    })
  })

  it('have no id where it is no whole number', () => {
    for (const id of ['1e400', '1.5', '-7', '0', '"1e3"', 'null', '[7]']) {
      expect(parse(`{"id":${id},"code":0,"msg":"${deals}"}`)).toMatchObject({
        type: MessageType.SubscriptionConfirm,
        data: { requestId: null, accepted: [deals] },
      })
    }
  })

  it('refuse exactly the streams they list, with code 0 and a full-width colon', () => {
    const msg = `Subscribed successful! [${deals},${depth}]. Not Subscribed successfully! [${retired}].  Reason： Blocked! `
    expect(parse(reply(msg)).data).toEqual({
      ...blank,
      accepted: [deals, depth],
      rejected: [{ streamId: retired, exchangeCode: null, reason: 'Blocked!' }],
    })
  })

  it('refuse every stream of a request', () => {
    const msg = `Not Subscribed successfully! [${deals},${retired}].  Reason： Blocked! `
    expect(parse(reply(msg)).data).toEqual({
      ...blank,
      accepted: [],
      rejected: [deals, retired].map((streamId) => ({ streamId, exchangeCode: null, reason: 'Blocked!' })),
    })
  })

  it('refuse nothing with an empty list', () => {
    expect(parse(reply('Not Subscribed successfully! [].')).data).toEqual({
      ...blank,
      accepted: [],
      others: 'accepted',
    })
    expect(parse(reply(`Subscribed successful! [${deals}]. Not Subscribed successfully! [].`)).data).toEqual({
      ...blank,
      accepted: [deals],
    })
  })

  it('refuse the whole request with a code that is not 0', () => {
    expect(parse(reply('no access', 7, 403)).data).toEqual({
      ...blank,
      accepted: [],
      others: { exchangeCode: '403', reason: 'no access' },
    })
  })

  it('refuse the streams they list with a code that is not 0, and accept the others that they list', () => {
    const msg = `Subscribed successful! [${deals}]. Not Subscribed successfully! [${retired}].  Reason： Blocked! `
    expect(parse(reply(msg, 7, 30014)).data).toEqual({
      ...blank,
      accepted: [deals],
      rejected: [{ streamId: retired, exchangeCode: '30014', reason: 'Blocked!' }],
    })
  })

  it('accept nothing by a bare list with a code that is not 0', () => {
    expect(parse(reply(`${depth},${deals}`, 7, 500)).data).toMatchObject({
      accepted: [],
      others: { exchangeCode: '500', reason: `${depth},${deals}` },
    })
  })

  it('may be about one stream alone with the code of an unknown symbol', () => {
    for (const code of [-1121, 10007, 30014, 30021, 730001]) {
      expect(parse(reply('bad symbol', 7, code)).data).toMatchObject({
        rejected: [],
        others: { split: { exchangeCode: String(code), reason: 'bad symbol' } },
      })
    }
  })

  it('say the same where code and id are text', () => {
    const asText = (text: string): string => {
      const { id, code, msg } = JSON.parse(text)
      return JSON.stringify({ id: String(id), code: String(code), msg })
    }
    const texts = [reply(`${depth},${deals}`), reply('too many requests', 7, 429), reply('PONG', 0), reply(deals, 0)]
    for (const text of texts) expect(parse(asText(text))).toEqual(parse(text))
  })

  it('refuse the request with a code and no words', () => {
    const refused = { ...blank, accepted: [], others: { exchangeCode: '403', reason: 'no reason given' } }
    expect(parse('{"id":7,"code":403}').data).toEqual(refused)
    expect(parse('{"id":7,"code":403,"msg":null}').data).toEqual(refused)
  })

  it('belong to no request with id 0', () => {
    expect(parse(reply(deals, 0)).data).toEqual({ ...blank, requestId: null, accepted: [deals] })
  })

  it('read a reason in plain punctuation too, and miss none', () => {
    const reasonOf = (tail: string): unknown => parse(reply(`Not Subscribed successfully! [${deals}]${tail}`)).data
    expect(reasonOf('. Reason: over the limit')).toMatchObject({ rejected: [{ reason: 'over the limit' }] })
    expect(reasonOf('.')).toMatchObject({ rejected: [{ reason: 'no reason given' }] })
  })

  it('refuse the request with words that are none of those for success, which may be about one of its streams', () => {
    expect(parse(reply('msg format invalid')).data).toEqual({
      ...blank,
      accepted: [],
      others: { split: { exchangeCode: null, reason: 'msg format invalid' } },
    })
    expect(parse(reply('msg format invalid', 0)).type).toBe(MessageType.Unknown)
  })

  it.each([
    ['too many requests', reply('too many requests', 7, 429)],
    ['Internal error', reply('Internal error', 7, 500)],
    ['system busy, try again later', reply('system busy, try again later')],
  ])('refuse the request for the moment where they blame that: %s', (reason, text) => {
    expect(parse(text).data).toMatchObject({ rejected: [], others: { reason, retryable: true } })
  })

  it('refuse streams for the moment where they blame that, and for good otherwise', () => {
    const refused = (reason: string): unknown =>
      parse(reply(`Not Subscribed successfully! [${deals}].  Reason： ${reason} `)).data
    const rejected = (reason: string, more: object = {}): object => ({
      rejected: [{ streamId: deals, exchangeCode: null, reason, ...more }],
    })
    expect(refused('Server busy!')).toMatchObject(rejected('Server busy!', { retryable: true }))
    expect(refused('Blocked!')).toEqual(expect.objectContaining(rejected('Blocked!')))
  })

  it('answer a ping that was a request of a user’s', () => {
    const pong = { id: 7, code: 0, msg: 'PONG' }
    expect(parse(JSON.stringify(pong))).toMatchObject({
      type: MessageType.Reply,
      data: { requestId: 7, ok: true, exchangeCode: null, reason: null, payload: pong },
    })
  })

  it('answer pings', () => {
    expect(parse('{"id":0,"code":0,"msg":"PONG"}')).toMatchObject({
      type: MessageType.Heartbeat,
      data: { kind: 'pong' },
    })
  })

  it.each(['Invalid listen key', ' Invalid listen key\n', '"Invalid listen key"', reply('Invalid listen key', 0)])(
    'end the connection for a refused listen key: %j',
    (text) => {
      expect(parse(text)).toMatchObject({
        type: MessageType.Error,
        data: { code: 'Invalid listen key', failure: 'expired' },
      })
    },
  )

  it('are not mixed up with the JSON pushes of old', () => {
    const push = { c: 'spot@public.deals.v3.api@BTCUSDT', d: { deals: [] }, s: 'BTCUSDT', t: 1 }
    expect(parse(JSON.stringify(push))).toMatchObject({ type: MessageType.Other, data: { wireChannel: push.c } })
  })
})
