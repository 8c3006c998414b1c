import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { streamsById } from '../../../test/support/streams.js'
import type { Acknowledgement, CommonRefusal, Refusal } from '../../model/message.js'
import type { Stream } from '../../model/stream.js'
import type { OutboundMessage, SubscriptionAction } from '../../strategy/subscription-strategy.js'
import { type PendingRequest, type Settlement, SubscriptionLedger } from './ledger.js'

const stream = streamsById()

const message = (
  action: SubscriptionAction,
  ids: readonly string[],
  requestId: number | null = null,
): OutboundMessage => ({ payload: '', action, requestId, wireChannel: 'trades', streams: ids.map(stream) })

const answerOf = (parts: Partial<Acknowledgement> = {}): Acknowledgement => ({
  action: null,
  requestId: null,
  wireChannel: null,
  accepted: [],
  rejected: [],
  others: 'accepted',
  ...parts,
})

const refusal = (streamId: string): Refusal => ({ streamId, exchangeCode: '7', reason: 'no such pair' })
const common: CommonRefusal = { exchangeCode: '2', reason: 'whole request' }
const idsOf = (streams: readonly Stream[]): string[] => streams.map(({ id }) => id)

/** What was settled, in short: `subscribe: +a -b(no such pair) later c(busy) again d+e again f`, a list for each request to be made. */
const settled = (settlements: readonly Settlement[]): string[] =>
  settlements.map(({ action, accepted, refused, postponed, retry }) =>
    [
      `${action}:`,
      ...accepted.map(({ id }) => `+${id}`),
      ...refused.map((one) => `-${one.stream.id}(${one.refusal.reason})`),
      ...postponed.map((one) => `later ${one.stream.id}(${one.refusal.reason})`),
      ...retry.map((streams) => `again ${idsOf(streams).join('+')}`),
    ].join(' '),
  )

function ledgerOf(...ids: string[]): SubscriptionLedger {
  const ledger = new SubscriptionLedger()
  ledger.want(ids.map(stream))
  return ledger
}

/** A ledger whose request 1 asks for all of these. */
function asked(...ids: string[]): { ledger: SubscriptionLedger; request: PendingRequest } {
  const ledger = ledgerOf(...ids)
  return { ledger, request: ledger.sent(message('subscribe', ids, 1)) }
}

/** How each stream stands: `+` active, `?` asked for, `!` wanted and not asked for; those that are not wanted are left out. */
function standing(ledger: SubscriptionLedger): string {
  const missing = new Set(ledger.missing)
  return ledger.wanted.map((one) => `${ledger.isActive(one) ? '+' : missing.has(one) ? '!' : '?'}${one.id}`).join(' ')
}

describe('the ledger', () => {
  test('wants a stream once, and no longer when told so', () => {
    const ledger = ledgerOf('a')
    expect(idsOf(ledger.want(['a', 'b'].map(stream)))).toEqual(['b'])
    expect(idsOf(ledger.unwant(['a', 'x'].map(stream)))).toEqual(['a'])
    expect([idsOf(ledger.wanted), ledger.has(stream('b')), ledger.has(stream('a'))]).toEqual([['b'], true, false])
  })

  test('lets only the newest request decide over a stream', () => {
    const { ledger } = asked('a')
    ledger.unwant([stream('a')])
    ledger.want([stream('a')])
    ledger.sent(message('subscribe', ['a'], 2))
    expect(settled(ledger.settle(answerOf({ requestId: 1, rejected: [refusal('a')] })))).toEqual(['subscribe:'])
    expect(standing(ledger)).toBe('?a')
    ledger.settle(answerOf({ requestId: 2 }))
    expect(standing(ledger)).toBe('+a')
  })

  test('wants everything again once the connection is gone, and trusts no answer from before', () => {
    const { ledger, request } = asked('a', 'b')
    ledger.settle(answerOf({ requestId: 1, accepted: ['b'], others: 'pending' }))
    ledger.reset()
    expect([standing(ledger), ledger.pendingRequests]).toEqual(['!a !b', []])
    expect([ledger.settle(answerOf({ requestId: 1 })), ledger.expire(request), ledger.activeCount]).toEqual([
      [],
      null,
      0,
    ])
    // Nothing was acknowledged on this connection, so nothing of it can be ended.
    expect(ledger.settle(answerOf({ rejected: [refusal('b')], others: 'pending' }))).toEqual([])
    expect(standing(ledger)).toBe('!a !b')
  })
})

describe('an answer', () => {
  test('that names nothing accepts every stream of its request', () => {
    const { ledger } = asked('a', 'b')
    expect(settled(ledger.settle(answerOf({ requestId: 1 })))).toEqual(['subscribe: +a +b'])
    expect([standing(ledger), ledger.pendingRequests]).toEqual(['+a +b', []])
  })

  test('keeps refused streams out and the others in', () => {
    const { ledger } = asked('a', 'b', 'c')
    const settlements = ledger.settle(answerOf({ requestId: 1, rejected: [refusal('b')] }))
    expect(settlements[0]?.refused).toEqual([{ stream: stream('b'), refusal: refusal('b') }])
    expect(standing(ledger)).toBe('+a +c')
  })

  test('about one stream of many settles that one, and leaves the rest open', () => {
    const { ledger, request } = asked('a', 'b', 'c')
    const one = answerOf({ requestId: 1, accepted: ['b'], others: 'pending' })
    expect(settled(ledger.settle(one))).toEqual(['subscribe: +b'])
    expect([standing(ledger), [...request.open.keys()]]).toEqual(['?a +b ?c', ['a', 'c']])
    const other = answerOf({ requestId: 1, rejected: [refusal('a')], others: 'pending' })
    expect(settled(ledger.settle(other))).toEqual(['subscribe: -a(no such pair)'])
    expect([standing(ledger), ledger.pendingRequests]).toEqual(['+b ?c', [request]])
    expect(settled(ledger.settle(answerOf({ requestId: 1 })))).toEqual(['subscribe: +c'])
    expect([standing(ledger), ledger.pendingRequests]).toEqual(['+b +c', []])
  })

  test('may come stream by stream, without an id, in any order, over several requests', () => {
    const ledger = ledgerOf('a', 'b', 'c', 'd')
    ledger.sent(message('subscribe', ['a', 'b']))
    ledger.sent(message('subscribe', ['c', 'd']))
    for (const id of ['d', 'a', 'c']) ledger.settle(answerOf({ accepted: [id], others: 'pending' }))
    expect([standing(ledger), ledger.pendingRequests.length]).toEqual(['+a ?b +c +d', 1])
    const both = answerOf({ accepted: ['b', 'd'], others: 'pending' })
    expect(settled(ledger.settle(both))).toEqual(['subscribe: +b'])
    expect(ledger.pendingRequests).toEqual([])
  })

  test('can settle streams of several requests at once', () => {
    const ledger = ledgerOf('a', 'b', 'c')
    ledger.sent(message('subscribe', ['a']))
    ledger.sent(message('subscribe', ['b', 'c']))
    const both = answerOf({ accepted: ['a', 'c'], rejected: [refusal('b')], others: 'pending' })
    expect(settled(ledger.settle(both)).sort()).toEqual(['subscribe: +a', 'subscribe: +c -b(no such pair)'])
    expect([standing(ledger), ledger.pendingRequests]).toEqual(['+a +c', []])
  })

  test('that refuses a stream and accepts the rest swallows no refusal, not even of a stream it accepts as well', () => {
    const { ledger } = asked('a', 'b')
    const both = answerOf({ requestId: 1, accepted: ['a', 'b'], rejected: [refusal('a')], others: 'accepted' })
    expect(settled(ledger.settle(both))).toEqual(['subscribe: +b -a(no such pair)'])
    expect(standing(ledger)).toBe('+b')
  })

  test('refuses for a common reason what it does not name', () => {
    const { ledger } = asked('a', 'b', 'c')
    const partly = answerOf({ requestId: 1, accepted: ['a'], rejected: [refusal('b')], others: common })
    expect(settled(ledger.settle(partly))).toEqual(['subscribe: +a -b(no such pair) -c(whole request)'])
    const whole = asked('a', 'b')
    const settlements = whole.ledger.settle(answerOf({ requestId: 1, others: common }))
    expect(settlements[0]?.refused.map((one) => one.refusal)).toEqual([
      { streamId: 'a', ...common },
      { streamId: 'b', ...common },
    ])
    expect([whole.ledger.size, whole.ledger.pendingRequests]).toEqual([0, []])
  })

  test('hands on that a refusal is about who we are', () => {
    const { ledger } = asked('a')
    const [settlement] = ledger.settle(
      answerOf({ requestId: 1, others: { ...common, code: 'ERR_AUTHENTICATION_FAILED' } }),
    )
    expect(settlement?.refused[0]?.refusal.code).toBe('ERR_AUTHENTICATION_FAILED')
  })

  test('refuses the named culprit, and has those that went down with it asked for again', () => {
    const { ledger } = asked('a', 'b')
    const culprit = answerOf({ requestId: 1, rejected: [refusal('a')], others: 'again' })
    expect(settled(ledger.settle(culprit))).toEqual(['subscribe: -a(no such pair) again b'])
    expect([standing(ledger), ledger.pendingRequests]).toEqual(['!b', []])
  })

  test('may name the culprit in one frame and send the others again in the next', () => {
    const { ledger } = asked('a', 'b')
    ledger.settle(answerOf({ requestId: 1, rejected: [refusal('a')], others: 'pending' }))
    expect(settled(ledger.settle(answerOf({ requestId: 1, others: 'again' })))).toEqual(['subscribe: again b'])
  })

  test.each([
    ['is not of it', [refusal('z')], 'no such pair'],
    ['is not named', [], 'the exchange refused the request, and named no stream of it'],
  ])(
    'has the halves of a request asked for whose culprit %s: asked for again as it was, it would go down again',
    (_what, rejected, reason) => {
      const { ledger } = asked('a', 'b')
      const settlements = ledger.settle(answerOf({ requestId: 1, rejected, others: 'again' }))
      expect([settled(settlements), settlements[0]?.stray]).toEqual([['subscribe: again a again b'], []])
      ledger.sent(message('subscribe', ['a'], 2))
      expect(settled(ledger.settle(answerOf({ requestId: 2, rejected, others: 'again' })))).toEqual([
        `subscribe: -a(${reason})`,
      ])
    },
  )

  describe('that may be about one stream, and does not say which,', () => {
    const split = { split: common } as const

    test.each([
      ['a b', ['again a', 'again b']],
      ['a b c', ['again a+b', 'again c']],
      ['a b c d e', ['again a+b+c', 'again d+e']],
    ])('has the halves of %s asked for, each for itself', (ids, halves) => {
      const { ledger } = asked(...ids.split(' '))
      expect(settled(ledger.settle(answerOf({ requestId: 1, others: split })))).toEqual([
        `subscribe: ${halves.join(' ')}`,
      ])
      expect([ledger.missing.length, ledger.pendingRequests]).toEqual([ledger.size, []])
    })

    test('is about the one that was asked for alone', () => {
      const { ledger } = asked('a')
      const settlements = ledger.settle(answerOf({ requestId: 1, others: split }))
      expect(settlements[0]?.refused).toEqual([{ stream: stream('a'), refusal: { streamId: 'a', ...common } }])
      expect(ledger.size).toBe(0)
    })

    test('spares those it names, and the last of a request was not alone in it', () => {
      const { ledger } = asked('a', 'b', 'c')
      const answer = answerOf({ requestId: 1, accepted: ['a'], rejected: [refusal('c')], others: split })
      expect(settled(ledger.settle(answer))).toEqual(['subscribe: +a -c(no such pair) again b'])
      expect(standing(ledger)).toBe('+a !b')
    })

    test('has none asked for that is not wanted any more, or that another request asks for', () => {
      const { ledger } = asked('a', 'b', 'c', 'd')
      ledger.unwant([stream('a')])
      ledger.sent(message('subscribe', ['d'], 2))
      expect(settled(ledger.settle(answerOf({ requestId: 1, others: split })))).toEqual(['subscribe: again b again c'])
      expect(standing(ledger)).toBe('!b !c ?d')
    })

    test('has the streams asked for in halves that an earlier answer had accepted', () => {
      const { ledger } = asked('a', 'b', 'c')
      ledger.settle(answerOf({ requestId: 1, accepted: ['a'], others: 'accepted' }))
      expect(settled(ledger.settle(answerOf({ requestId: 1, others: split })))).toEqual(['subscribe: again b again c'])
      expect(standing(ledger)).toBe('+a !b !c')
      const alone = asked('a')
      alone.ledger.settle(answerOf({ requestId: 1 }))
      expect(settled(alone.ledger.settle(answerOf({ requestId: 1, others: split })))).toEqual([
        'subscribe: -a(whole request)',
      ])
    })

    test.each([['again', [refusal('a')]] as const, [split, []] as const])(
      'has no unsubscription repeated for what is wanted again (%j)',
      (others, rejected) => {
        const { ledger } = asked('a', 'b', 'c', 'd')
        ledger.settle(answerOf({ requestId: 1 }))
        // What is subscribed anew stays wanted throughout.
        ledger.unwant(['b', 'c', 'd'].map(stream))
        ledger.sent(message('unsubscribe', ['a', 'b', 'c', 'd'], 2))
        ledger.want(['b', 'c'].map(stream))
        ledger.sent(message('subscribe', ['c'], 3))
        const retry = rejected.length === 0 ? 'again a again d' : '-a(no such pair) again d'
        expect(settled(ledger.settle(answerOf({ action: 'unsubscribe', requestId: 2, rejected, others })))).toEqual([
          `unsubscribe: +b +c ${retry}`,
        ])
      },
    )

    test('costs fewer than two requests a stream, and refuses the bad ones alone, whichever they are', () => {
      const names = Array.from({ length: 40 }, (_, index) => `s${index}`)
      fc.assert(
        fc.property(fc.subarray(names, { minLength: 1 }), fc.infiniteStream(fc.boolean()), (all, chance) => {
          const bad = new Set(all.filter(() => chance.next().value))
          const isNamed = chance.next().value
          const ledger = ledgerOf(...all)
          const waiting: (readonly string[])[] = [all]
          const refused: string[] = []
          let requests = 0
          for (let ids = waiting.shift(); ids !== undefined; ids = waiting.shift()) {
            requests += 1
            ledger.sent(message('subscribe', ids, requests))
            const culprit = ids.find((id) => bad.has(id))
            const rejected = culprit !== undefined && isNamed ? [refusal(culprit)] : []
            const others = culprit === undefined ? 'accepted' : isNamed ? 'again' : split
            for (const settlement of ledger.settle(answerOf({ requestId: requests, rejected, others }))) {
              refused.push(...settlement.refused.map((one) => one.stream.id))
              waiting.push(...settlement.retry.map(idsOf))
            }
          }
          expect(refused.sort()).toEqual([...bad].sort())
          expect(all.filter((id) => ledger.isActive(stream(id)))).toEqual(all.filter((id) => !bad.has(id)))
          expect(requests).toBeLessThan(2 * all.length)
        }),
      )
    })
  })

  test('to an unsubscribe settles its streams, and touches none that is wanted again', () => {
    const { ledger } = asked('a', 'b')
    ledger.settle(answerOf({ requestId: 1 }))
    ledger.unwant(['a', 'b'].map(stream))
    ledger.sent(message('unsubscribe', ['a', 'b'], 2))
    ledger.want([stream('a')])
    const answer = answerOf({ action: 'unsubscribe', requestId: 2, accepted: ['a'], rejected: [refusal('b')] })
    expect(settled(ledger.settle(answer))).toEqual(['unsubscribe: +a -b(no such pair)'])
    expect(standing(ledger)).toBe('!a')
  })

  test('without an id is matched in order, among those it can be about', () => {
    const ledger = ledgerOf('a', 'b')
    ledger.sent(message('subscribe', ['a']))
    ledger.sent(message('unsubscribe', ['c']))
    ledger.sent(message('subscribe', ['b']))
    expect(settled(ledger.settle(answerOf({ action: 'unsubscribe' })))).toEqual(['unsubscribe: +c'])
    expect(settled(ledger.settle(answerOf({ wireChannel: 'trades' })))).toEqual(['subscribe: +a'])
    expect(ledger.settle(answerOf({ wireChannel: 'other' }))).toEqual([])
    expect(standing(ledger)).toBe('+a ?b')
  })

  test('that comes again changes nothing', () => {
    const { ledger, request } = asked('a', 'b')
    const part = answerOf({ requestId: 1, accepted: ['a'], others: 'pending' })
    ledger.settle(part)
    expect(ledger.settle(part)).toEqual([])
    ledger.settle(answerOf({ requestId: 1 }))
    for (const again of [part, answerOf({ requestId: 1 }), answerOf({ requestId: 1, others: 'again' })]) {
      expect(ledger.settle(again)).toEqual([])
    }
    expect([standing(ledger), ledger.expire(request)]).toEqual(['+a +b', null])
  })

  test('that comes before there was a request, or to nobody’s, changes nothing', () => {
    const ledger = ledgerOf('a')
    for (const early of [{}, { requestId: 1 }, { accepted: ['a'] }, { rejected: [refusal('a')] }, { others: common }]) {
      expect(ledger.settle(answerOf(early))).toEqual([])
    }
    expect(standing(ledger)).toBe('!a')
  })
})

describe('an answer without an id, where several requests have a stream in common,', () => {
  /** Request 2 decides over b, which request 1 asked for as well. */
  function overlapping(): SubscriptionLedger {
    const ledger = ledgerOf('a', 'b', 'c')
    ledger.sent(message('subscribe', ['a', 'b']))
    ledger.sent(message('subscribe', ['b', 'c']))
    return ledger
  }

  test('is about the oldest in which all that it names is open', () => {
    const ledger = overlapping()
    const second = answerOf({ rejected: [refusal('b')], accepted: ['c'], others: 'accepted' })
    expect(settled(ledger.settle(second))).toEqual(['subscribe: +c -b(no such pair)'])
    expect([standing(ledger), ledger.pendingRequests.length]).toEqual(['?a +c', 1])
  })

  test('swallows no refusal where there is none of these', () => {
    const ledger = overlapping()
    ledger.settle(answerOf({ rejected: ['c', 'a', 'b'].map(refusal), others: 'accepted' }))
    expect([standing(ledger), ledger.pendingRequests]).toEqual(['', []])
  })
})

describe('an answer that refuses what is no stream of its request', () => {
  const strays = (settlements: readonly Settlement[]): string[] =>
    settlements.flatMap(({ stray }) => stray.map(({ streamId }) => streamId))

  test('is about the one stream it can be about, whatever it calls that', () => {
    const { ledger } = asked('a', 'b')
    const answer = answerOf({ requestId: 1, accepted: ['a'], rejected: [refusal('B')], others: 'accepted' })
    const settlements = ledger.settle(answer)
    expect([settled(settlements), strays(settlements)]).toEqual([['subscribe: +a -b(no such pair)'], []])
    expect(standing(ledger)).toBe('+a')
  })

  test.each(['accepted', 'pending'] as const)(
    'tells that refusal where it can be about several, and says of the others as it does (%s)',
    (others) => {
      const { ledger } = asked('a', 'b', 'c')
      const settlements = ledger.settle(answerOf({ requestId: 1, rejected: [refusal('z'), refusal('c')], others }))
      expect([strays(settlements), standing(ledger)]).toEqual([['z'], others === 'accepted' ? '+a +b' : '?a ?b'])
    },
  )

  test('tells it where the exchange means a stream of another request', () => {
    const { ledger } = asked('a', 'b')
    ledger.settle(answerOf({ requestId: 1 }))
    ledger.want(['c', 'd'].map(stream))
    ledger.sent(message('subscribe', ['c', 'd'], 2))
    expect(strays(ledger.settle(answerOf({ requestId: 2, rejected: [refusal('a')] })))).toEqual(['a'])
    expect(standing(ledger)).toBe('+a +b +c +d')
  })
})

describe('a refusal of a request that was accepted whole', () => {
  test('ends its streams, but for those that were accepted by name, and comes once', () => {
    const { ledger } = asked('a', 'b', 'c')
    ledger.settle(answerOf({ requestId: 1, accepted: ['a'], others: 'accepted' }))
    const refused = answerOf({ requestId: 1, others: common })
    expect(settled(ledger.settle(refused))).toEqual(['subscribe: -b(whole request) -c(whole request)'])
    expect([standing(ledger), ledger.settle(refused)]).toEqual(['+a', []])
  })

  test.each([
    ['has no id', { requestId: null }],
    ['is to an unsubscription', { action: 'unsubscribe' as const }],
    ['is of another channel', { wireChannel: 'other' }],
  ])('ends nothing where it %s', (_what, parts) => {
    const { ledger } = asked('a')
    ledger.settle(answerOf({ requestId: 1 }))
    expect([ledger.settle(answerOf({ requestId: 1, others: common, ...parts })), standing(ledger)]).toEqual([[], '+a'])
  })
})

describe('an answer that names nothing, not even its request, after one was given up', () => {
  /** The request of a was given up, then b was asked for. */
  function afterOneGivenUp(): SubscriptionLedger {
    const ledger = ledgerOf('a')
    ledger.expire(ledger.sent(message('subscribe', ['a'])))
    ledger.want([stream('b')])
    ledger.sent(message('subscribe', ['b']))
    return ledger
  }

  test.each<[string, Acknowledgement['others']]>([
    ['refuses', common],
    ['accepts', 'accepted'],
  ])('is that one’s where it %s, and the next is the next one’s', (_what, others) => {
    const ledger = afterOneGivenUp()
    expect([ledger.settle(answerOf({ others })), standing(ledger)]).toEqual([[], '?b'])
    expect(settled(ledger.settle(answerOf()))).toEqual(['subscribe: +b'])
  })

  test('is the next one’s where something sent later was answered already', () => {
    const ledger = afterOneGivenUp()
    ledger.settle(answerOf({ accepted: ['b'] }))
    ledger.want([stream('c')])
    ledger.sent(message('subscribe', ['c']))
    expect(settled(ledger.settle(answerOf({ others: common })))).toEqual(['subscribe: -c(whole request)'])
  })

  test('passes over one request at most, should the one given up never be answered', () => {
    const ledger = afterOneGivenUp()
    const [request] = ledger.pendingRequests
    ledger.settle(answerOf())
    if (request !== undefined) ledger.expire(request)
    ledger.want([stream('c')])
    ledger.sent(message('subscribe', ['c']))
    expect(settled(ledger.settle(answerOf()))).toEqual(['subscribe: +c'])
  })
})

describe('a refusal of a stream that was acknowledged', () => {
  /** Both streams are active, by request 1. */
  function live(): SubscriptionLedger {
    const { ledger } = asked('a', 'b')
    ledger.settle(answerOf({ requestId: 1 }))
    return ledger
  }

  test.each([
    ['without an id', null],
    ['with the id of the request that it was accepted for', 1],
  ])('%s means that the exchange ended it, and that one alone', (_what, requestId) => {
    const ledger = live()
    const ended = answerOf({ requestId, rejected: [refusal('a'), refusal('a'), refusal('z')], others: 'pending' })
    expect(settled(ledger.settle(ended))).toEqual(['subscribe: -a(no such pair)'])
    expect(standing(ledger)).toBe('+b')
    expect(ledger.settle(ended)).toEqual([])
  })

  test('is told beside what the same answer settles', () => {
    const ledger = live()
    ledger.want([stream('c')])
    ledger.sent(message('subscribe', ['c'], 2))
    const both = answerOf({ accepted: ['c'], rejected: [refusal('a')], others: 'pending' })
    expect(settled(ledger.settle(both))).toEqual(['subscribe: +c', 'subscribe: -a(no such pair)'])
    expect(standing(ledger)).toBe('+b +c')
  })

  test('is none where it is about an unsubscription', () => {
    const ledger = live()
    const answer = answerOf({ action: 'unsubscribe', rejected: [refusal('a')], others: 'pending' })
    expect([ledger.settle(answer), standing(ledger)]).toEqual([[], '+a +b'])
  })

  test('is none where it comes late, to a request that was given up before', () => {
    const { ledger, request } = asked('a')
    ledger.expire(request)
    ledger.want([stream('a')])
    ledger.sent(message('subscribe', ['a'], 2))
    ledger.settle(answerOf({ requestId: 2 }))
    expect(ledger.settle(answerOf({ requestId: 1, rejected: [refusal('a')], others: 'pending' }))).toEqual([])
    expect(standing(ledger)).toBe('+a')
  })
})

describe('a request that is not answered in time', () => {
  test('counts as refused in what of it is still open', () => {
    const { ledger, request } = asked('a', 'b', 'c')
    ledger.settle(answerOf({ requestId: 1, accepted: ['a'], others: 'pending' }))
    const expired = ledger.expire(request)
    expect(settled(expired === null ? [] : [expired])).toEqual([
      'subscribe: -b(no acknowledgement in time) -c(no acknowledgement in time)',
    ])
    expect([standing(ledger), ledger.expire(request), ledger.pendingRequests]).toEqual(['+a', null, []])
  })

  test('is not brought back by a late answer', () => {
    const { ledger, request } = asked('a')
    ledger.expire(request)
    expect([ledger.settle(answerOf({ requestId: 1 })), ledger.size]).toEqual([[], 0])
    ledger.want([stream('a')])
    expect([ledger.settle(answerOf({ requestId: 1, accepted: ['a'] })), standing(ledger)]).toEqual([[], '!a'])
  })

  test('leaves no late answer without an id to be taken for the next request’s', () => {
    const ledger = ledgerOf('a')
    ledger.expire(ledger.sent(message('subscribe', ['a'])))
    ledger.want([stream('b')])
    ledger.sent(message('subscribe', ['b']))
    expect(ledger.settle(answerOf({ accepted: ['a'] }))).toEqual([])
    expect(ledger.settle(answerOf({ rejected: [refusal('a')] }))).toEqual([])
    expect(ledger.settle(answerOf({ rejected: [refusal('a')], others: 'again' }))).toEqual([])
    expect(settled(ledger.settle(answerOf({ accepted: ['b'] })))).toEqual(['subscribe: +b'])
  })
})

describe('a stream that was accepted before', () => {
  const busy: CommonRefusal = { exchangeCode: '3', reason: 'server error', retryable: true }

  /** They were active on a connection that is gone; request 2 asks for them again. */
  function replayed(...ids: string[]): { ledger: SubscriptionLedger; request: PendingRequest } {
    const { ledger } = asked(...ids)
    ledger.settle(answerOf({ requestId: 1 }))
    ledger.reset()
    return { ledger, request: ledger.sent(message('subscribe', ids, 2)) }
  }
  const expired = (ledger: SubscriptionLedger, request: PendingRequest): string[] => {
    const settlement = ledger.expire(request)
    return settled(settlement === null ? [] : [settlement])
  }

  test('stays wanted where it is not acknowledged in time, and one that never was does not', () => {
    const { ledger } = asked('a', 'b')
    ledger.settle(answerOf({ requestId: 1, accepted: ['a'], others: 'pending' }))
    ledger.reset()
    const request = ledger.sent(message('subscribe', ['a', 'b'], 2))
    expect(expired(ledger, request)).toEqual([
      'subscribe: -b(no acknowledgement in time) later a(no acknowledgement in time)',
    ])
    expect([standing(ledger), ledger.pendingRequests]).toEqual(['!a', []])
  })

  test('stays wanted where it is refused for the moment, by name or with all others, and not where it is for good', () => {
    const { ledger } = replayed('a', 'b', 'c')
    const rejected = [{ streamId: 'a', ...busy }, refusal('b')]
    expect(settled(ledger.settle(answerOf({ requestId: 2, rejected, others: busy })))).toEqual([
      'subscribe: -b(no such pair) later a(server error) later c(server error)',
    ])
    expect(standing(ledger)).toBe('!a !c')
  })

  test('is refused where it had not been accepted yet, though it is for the moment', () => {
    const { ledger } = asked('a')
    expect(settled(ledger.settle(answerOf({ requestId: 1, others: busy })))).toEqual(['subscribe: -a(server error)'])
    expect(ledger.size).toBe(0)
  })

  test('and that the exchange ends for the moment is asked for again', () => {
    const { ledger } = asked('a', 'b')
    ledger.settle(answerOf({ requestId: 1 }))
    const ended = answerOf({ rejected: [{ streamId: 'a', ...busy }], others: 'pending' })
    expect(settled(ledger.settle(ended))).toEqual(['subscribe: later a(server error)'])
    expect(standing(ledger)).toBe('!a +b')
  })

  test('is there by a late answer, before it is asked for again', () => {
    const { ledger, request } = replayed('a', 'b')
    ledger.expire(request)
    expect(settled(ledger.settle(answerOf({ requestId: 2 })))).toEqual(['subscribe: +a +b'])
    expect([standing(ledger), settled(ledger.settle(answerOf({ requestId: 2 })))]).toEqual(['+a +b', []])
  })

  test('is there by a late answer, after it was asked for again, whose own answer changes nothing', () => {
    const { ledger, request } = replayed('a', 'b')
    ledger.expire(request)
    const second = ledger.sent(message('subscribe', ['a'], 3))
    expect(settled(ledger.settle(answerOf({ requestId: 2 })))).toEqual(['subscribe: +a +b'])
    expect(expired(ledger, second)).toEqual(['subscribe:'])
    const refused = answerOf({ requestId: 3, rejected: [refusal('a')], others: 'pending' })
    expect([ledger.settle(refused), standing(ledger)]).toEqual([[], '+a +b'])
  })

  test('is not refused by a late answer, after it was asked for again', () => {
    const { ledger, request } = replayed('a')
    ledger.expire(request)
    ledger.sent(message('subscribe', ['a'], 3))
    expect(settled(ledger.settle(answerOf({ requestId: 2, others: common })))).toEqual(['subscribe:'])
    expect(standing(ledger)).toBe('?a')
  })

  test('is not there by a late answer to what was asked before it was ended', () => {
    const { ledger, request } = replayed('a', 'b')
    ledger.expire(request)
    ledger.sent(message('unsubscribe', ['a'], 3))
    ledger.sent(message('subscribe', ['a'], 4))
    expect(settled(ledger.settle(answerOf({ requestId: 2 })))).toEqual(['subscribe: +b'])
    expect(standing(ledger)).toBe('?a +b')
  })
})

const ids = ['a', 'b', 'c', 'd']
const someIds = fc.subarray(ids, { minLength: 1 })
const answer = fc.record({
  accepted: fc.subarray(ids),
  rejected: fc.subarray(ids),
  isMomentary: fc.boolean(),
  others: fc.constantFrom<Acknowledgement['others'][]>(
    'accepted',
    'pending',
    'pending',
    'again',
    { split: common },
    common,
  ),
})
const step = fc.oneof(
  fc.record({ do: fc.constant('want' as const), ids: someIds }),
  fc.record({ do: fc.constant('unwant' as const), ids: someIds }),
  fc.record({
    do: fc.constant('send' as const),
    ids: someIds,
    action: fc.constantFrom<SubscriptionAction[]>('subscribe', 'subscribe', 'unsubscribe'),
  }),
  fc.record({ do: fc.constant('answer' as const), pick: fc.nat({ max: 20 }), answer }),
  fc.record({ do: fc.constant('answer the last' as const), answer }),
  fc.record({ do: fc.constant('accept the last' as const) }),
  fc.record({ do: fc.constant('answer in order' as const), answer }),
  fc.record({ do: fc.constant('expire' as const), pick: fc.nat({ max: 20 }) }),
  fc.record({ do: fc.constant('expire the last' as const) }),
  fc.record({ do: fc.constant('reset' as const) }),
)

type Answer = Pick<Acknowledgement, 'accepted' | 'rejected' | 'others'>

/** How one stream stands: the request that decides over it, and the number of requests, from the first, that cannot say that it is there. */
interface Standing {
  readonly status: 'missing' | 'requested' | 'active'
  readonly request: number | null
  readonly isImplied: boolean
  readonly wasAccepted: boolean
  readonly since: number
}

/** `later` is a refusal for the moment. */
type ModelVerdict = 'accepted' | 'implied' | 'refused' | 'later' | 'again'

/** What should be true: how each wanted stream stands, and which streams of each request are open. */
class LedgerModel {
  readonly streams = new Map<string, Standing>()
  /** Requests given up that an answer in order may still be to, and those such an answer was not taken for. */
  givenUp: number[] = []
  readonly passedOver = new Set<number>()
  /** Requests given up whose open streams a late answer settles. */
  readonly late = new Set<number>()
  readonly sent: {
    readonly action: SubscriptionAction
    readonly ids: readonly string[]
    readonly open: Set<string>
  }[] = []

  /** The requests of which something is open and that are waited for, oldest first. */
  get open(): number[] {
    return [...this.sent.keys()].filter((number) => this.isAwaited(number))
  }

  isAwaited(number: number): boolean {
    return this.#isOpen(number) && !this.late.has(number)
  }

  want(id: string): void {
    const since = this.sent.length
    const wanted: Standing = { status: 'missing', request: null, isImplied: false, wasAccepted: false, since }
    if (!this.streams.has(id)) this.streams.set(id, wanted)
  }

  send(action: SubscriptionAction, asked: readonly string[]): void {
    const number = this.sent.push({ action, ids: asked, open: new Set(asked) }) - 1
    for (const id of asked) {
      const entry = this.streams.get(id)
      if (entry === undefined) continue
      if (action === 'subscribe') this.streams.set(id, { ...entry, status: 'requested', request: number })
      else {
        const request = entry.status === 'missing' ? null : entry.request
        this.streams.set(id, { ...entry, request, since: number + 1 })
      }
    }
  }

  reset(): void {
    this.givenUp = []
    this.late.clear()
    for (const request of this.sent) request.open.clear()
    const since = this.sent.length
    for (const [id, entry] of this.streams)
      this.streams.set(id, { ...entry, status: 'missing', request: null, isImplied: false, since })
  }

  /** Answers for a request by its number, or for whichever it fits where that is null. */
  answer(number: number | null, { accepted, rejected, others }: Answer): void {
    const verdictOf = ({ retryable }: CommonRefusal): ModelVerdict => (retryable === true ? 'later' : 'refused')
    const named = new Map<string, ModelVerdict>(rejected.map((one) => [one.streamId, verdictOf(one)]))
    for (const id of accepted) if (!named.has(id)) named.set(id, 'accepted')
    const isAddressed = number !== null || named.size > 0
    const late = [...this.late].filter((each) => this.#isOpen(each))
    const fitting = [...this.open, ...(isAddressed ? late : [])].filter((each) => number === null || each === number)
    const has = (request: number, id: string): boolean => this.sent[request]?.open.has(id) === true
    const whole = fitting.find((request) => [...named.keys()].every((id) => has(request, id)))
    const judged = [...named.keys()].flatMap((id): [string, number][] => {
      const request = whole ?? fitting.find((each) => has(each, id))
      return request === undefined ? [] : [[id, request]]
    })
    const first = judged[0]?.[1]
    const lost = rejected.filter(({ streamId: id }) => {
      const entry = this.streams.get(id)
      if (entry?.status !== 'active' || judged.some(([each]) => each === id)) return false
      return number === null || entry.request === number
    })
    const meant = first ?? this.inOrder(number, named.size, others, fitting)
    if (meant !== undefined) this.givenUp = this.givenUp.filter((each) => each >= meant)
    const isKnown = (id: string): boolean =>
      judged.some(([each]) => each === id) ||
      lost.some(({ streamId }) => streamId === id) ||
      fitting.some((each) => this.sent[each]?.ids.includes(id))
    const strays = meant === undefined ? 0 : rejected.filter(({ streamId }) => !isKnown(streamId)).length
    const rest = meant === undefined || others === 'pending' ? [] : [...(this.sent[meant]?.open ?? [])]
    const unnamed = rest.filter((id) => !judged.some(([each, request]) => each === id && request === meant))
    const isAboutAll = strays > 0 && unnamed.length <= strays
    const isBlameless = first === undefined && rest.length === this.sent[meant ?? -1]?.ids.length
    for (const [id, request] of judged) this.settle(request, id, named.get(id) ?? 'accepted')
    const isAccepted = others === 'accepted' && !isAboutAll
    const isSplit = typeof others === 'object' && 'split' in others
    const isSplitUp = isSplit || (others === 'again' && isBlameless)
    const mayLive = isSplitUp ? (this.sent[meant ?? -1]?.ids.length ?? 0) > 1 : others === 'again'
    const said = typeof others === 'object' ? ('split' in others ? others.split : others) : rejected[0]
    const refused = said === undefined ? 'refused' : verdictOf(said)
    const verdict = isAccepted ? 'implied' : mayLive ? 'again' : refused
    for (const id of rest) this.settle(meant as number, id, named.get(id) ?? verdict)
    for (const one of lost) this.#refuse(one.streamId, verdictOf(one) === 'later')
    if (number === null || meant !== undefined || typeof others === 'string') return
    const taken = [...this.streams].filter(
      ([id, { request, status, isImplied }]) =>
        status === 'active' && isImplied && request === number && !named.has(id),
    )
    const comesBack = isSplit && (this.sent[number]?.ids.length ?? 0) > 1
    for (const [id] of taken) this.#refuse(id, comesBack || refused === 'later')
  }

  inOrder(
    number: number | null,
    names: number,
    others: Answer['others'],
    fitting: readonly number[],
  ): number | undefined {
    const [request] = fitting
    if (number !== null || request === undefined) return request
    if (names > 0 || others === 'pending') return undefined
    const late = this.givenUp.find((each) => each < request)
    if (late === undefined) return request
    this.givenUp = this.givenUp.filter((each) => each > late)
    for (const each of fitting) this.passedOver.add(each)
    return undefined
  }

  expire(number: number): void {
    if (!this.isAwaited(number)) return
    if (!this.passedOver.has(number)) this.givenUp.push(number)
    const request = this.sent[number]
    for (const id of [...(request?.open ?? [])]) {
      const entry = this.streams.get(id)
      const isDecided = request?.action === 'subscribe' && entry?.request === number
      this.settle(number, id, 'later')
      if (!isDecided || entry?.wasAccepted !== true) continue
      request.open.add(id)
      this.late.add(number)
      this.streams.set(id, { ...entry, status: 'missing', request: number })
    }
  }

  settle(number: number, id: string, verdict: ModelVerdict): void {
    const request = this.sent[number]
    request?.open.delete(id)
    const entry = this.streams.get(id)
    if (request?.action !== 'subscribe' || entry === undefined) return
    const isAccepted = verdict === 'accepted' || verdict === 'implied'
    const saysThatItIsThere = isAccepted && entry.status !== 'active' && number >= entry.since
    if (entry.request !== number && !saysThatItIsThere) return
    if (isAccepted) {
      const isImplied = verdict === 'implied'
      this.streams.set(id, { ...entry, status: 'active', request: number, isImplied, wasAccepted: true })
    } else this.#refuse(id, verdict === 'again' || (verdict === 'later' && entry.wasAccepted))
  }

  #isOpen(number: number): boolean {
    return (this.sent[number]?.open.size ?? 0) > 0
  }

  #refuse(id: string, staysWanted: boolean): void {
    const entry = this.streams.get(id)
    if (staysWanted && entry !== undefined) this.streams.set(id, { ...entry, status: 'missing', request: null })
    else this.streams.delete(id)
  }
}

test('every wanted stream is active, requested or missing, exactly one of them, whatever happens in whatever order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const ledger = new SubscriptionLedger()
      const model = new LedgerModel()
      const requests: PendingRequest[] = []
      const settle = (
        number: number | null,
        parts: { accepted: string[]; rejected: string[]; others: Acknowledgement['others']; isMomentary: boolean },
      ): void => {
        const marked = <Of extends CommonRefusal>(one: Of): Of =>
          parts.isMomentary ? { ...one, retryable: true } : one
        const rejected = parts.rejected.map(refusal).map(marked)
        const others =
          typeof parts.others === 'string'
            ? parts.others
            : 'split' in parts.others
              ? { split: marked(parts.others.split) }
              : marked(parts.others)
        const before = new Map(model.streams)
        const { accepted } = parts
        const settlements = ledger
          .settle(answerOf({ accepted, others, rejected, requestId: number }))
          .filter(({ action }) => action === 'subscribe')
        model.answer(number, { accepted, others, rejected })
        // Whatever was taken out is reported as refused, once, and nothing else.
        const refused = settlements.flatMap((each) => each.refused)
        const gone = [...before.keys()].filter((id) => !model.streams.has(id))
        expect(refused.map((one) => one.stream.id).sort()).toEqual(gone.sort())
        // What is to be asked for again was there before, and is nobody's by now.
        for (const { stream: late } of settlements.flatMap((each) => each.postponed)) {
          expect([before.get(late.id)?.wasAccepted, ledger.isMissing(late)]).toEqual([true, true])
        }
      }
      const expire = (number: number): void => {
        const request = requests[number]
        if (request === undefined) return
        expect(ledger.expire(request) !== null).toBe(model.isAwaited(number))
        model.expire(number)
      }
      const all = { accepted: [], rejected: [], others: 'accepted', isMomentary: false } as const
      for (const action of steps) {
        switch (action.do) {
          case 'want':
            ledger.want(action.ids.map(stream))
            for (const id of action.ids) model.want(id)
            break
          case 'unwant':
            ledger.unwant(action.ids.map(stream))
            for (const id of action.ids) model.streams.delete(id)
            break
          case 'send':
            requests.push(ledger.sent(message(action.action, action.ids, model.sent.length)))
            model.send(action.action, action.ids)
            break
          case 'answer':
            settle(action.pick, action.answer)
            break
          case 'answer the last':
            settle(model.sent.length - 1, action.answer)
            break
          case 'accept the last':
            settle(model.sent.length - 1, { ...all, accepted: [], rejected: [] })
            break
          case 'answer in order':
            settle(null, action.answer)
            break
          case 'expire':
            expire(action.pick)
            break
          case 'expire the last':
            expire(model.sent.length - 1)
            break
          case 'reset':
            ledger.reset()
            model.reset()
            break
        }
        const standingOf = [...model.streams]
        const idsThatAre = (status: Standing['status']): string[] =>
          standingOf.filter(([, entry]) => entry.status === status).map(([id]) => id)
        expect(new Set(idsOf(ledger.wanted))).toEqual(new Set(model.streams.keys()))
        expect(ledger.size).toBe(model.streams.size)
        expect(new Set(idsOf(ledger.missing))).toEqual(new Set(idsThatAre('missing')))
        const active = idsThatAre('active')
        expect(ids.filter((id) => ledger.isActive(stream(id)))).toEqual(active.sort())
        expect(ledger.activeCount).toBe(active.length)
        // A request is pending for as long as one of its streams is open, and no longer.
        expect(ledger.pendingRequests.map(({ message: { requestId } }) => requestId)).toEqual(model.open)
        for (const { message: sent, open } of ledger.pendingRequests) {
          expect(new Set(open.keys())).toEqual(model.sent[sent.requestId as number]?.open)
        }
        // Requested means that a request in which the stream is open is pending: nothing waits for an answer that cannot come.
        for (const id of idsThatAre('requested')) {
          expect(ledger.pendingRequests.some(({ open }) => open.has(id))).toBe(true)
        }
      }
    }),
    { numRuns: 600 },
  )
})
