import type { NatsConnection } from '@nats-io/transport-node'
import { expect, test } from 'vitest'
import { hasNoJetStream } from './nats-tables.js'

/** What the client makes of a request that nobody answers, in an election too. */
const nobody = Object.assign(new Error('jetstream is not enabled'), { name: 'JetStreamNotEnabled' })

test.each([
  ['a server alone that has none', {}, nobody, true],
  ['a cluster that elects', { jetstream: true, cluster: 'c' }, nobody, false],
  ['a server of a cluster whose others may have it', { cluster: 'c' }, nobody, false],
  ['one that is starting', { jetstream: true }, nobody, false],
  ['another failure', {}, new Error('timeout'), false],
])('of %s it is known whether it has no JetStream', (_, info, thrown, expected) => {
  expect(hasNoJetStream({ info: info as unknown as NonNullable<NatsConnection['info']> }, thrown)).toBe(expected)
})
