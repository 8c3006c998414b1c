import { createStream, dataMessage } from '@tapewire/core/adapter'
import { ManualClock } from '@tapewire/core/testing'
import { expect, it } from 'vitest'
import { AccountPublisher } from './account-publisher.js'

const keptMs = 30_000
const stream = createStream({
  id: 'balances',
  channels: ['balances'],
  instrument: null,
  wireChannel: 'balances',
  wireSymbol: null,
})

/** A publisher that has no connection: what it would publish waits. */
function open() {
  const clock = new ManualClock()
  const publisher = new AccountPublisher({
    base: 'tapewire.acme_spot',
    subjectOf: (channel) => `tapewire.acme_spot.${channel}.main`,
    relay: 1,
    retention: {},
    isSole: true,
    keptMs,
    mayPublish: () => true,
    maxWaitingBytes: 100_000_000,
    clock,
    random: () => 1,
    onLost: () => {},
    onError: () => {},
  })
  const receive = (count: number): void => {
    for (let event = 0; event < count; event += 1)
      publisher.addMessage(dataMessage<'balances'>(stream, null, [], null, clock.now(), null))
  }
  return { clock, publisher, receive }
}

it('an account that was another’s continues with all that was received meanwhile', () => {
  const { publisher, receive } = open()
  receive(10_000)
  publisher.publishAs({ epoch: 7, continues: true })
  expect(publisher.owned).toEqual({ epoch: 7, continues: true })
  expect(publisher.counts.waiting).toBe(10_000)
})

it('an account of which more was received than is kept does not continue, so that the loss is told', () => {
  const { clock, publisher, receive } = open()
  receive(10_001)
  clock.advance(keptMs)
  publisher.publishAs({ epoch: 7, continues: true })
  expect(publisher.owned).toEqual({ epoch: 7, continues: false })
  // What came after that is whole.
  publisher.publishAs(null)
  receive(10)
  publisher.publishAs({ epoch: 9, continues: true })
  expect(publisher.owned).toEqual({ epoch: 9, continues: true })
})

it('what was not kept for want of room is of no account once it is older than all that may be needed', () => {
  const { clock, publisher, receive } = open()
  receive(10_001)
  clock.advance(keptMs + 1)
  publisher.publishAs({ epoch: 7, continues: true })
  expect(publisher.owned).toEqual({ epoch: 7, continues: true })
})
