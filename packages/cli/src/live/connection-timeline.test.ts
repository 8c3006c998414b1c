import { ConnectionState, type ConnectionStateEvent, StreamError } from '@tapewire/core'
import { expect, test } from 'vitest'
import { ConnectionTimeline } from './connection-timeline.js'

const lost = new StreamError('ERR_CONNECTION_CLOSED', 'It ended.')

function change(
  connectionId: string,
  state: ConnectionState,
  parts: Partial<ConnectionStateEvent> = {},
): ConnectionStateEvent {
  const nothing = { error: null, attempt: null, delayMs: null, nextAttemptAt: null, breaker: 'closed' as const }
  return { exchange: 'acme', connectionId, state, previous: state, ...nothing, ...parts }
}

test('a connection is told as spans that follow on each other, with the reason and the latest attempt', () => {
  const timeline = new ConnectionTimeline()
  timeline.onState(change('acme#1', ConnectionState.Connecting), 1)
  timeline.onState(change('acme#1', ConnectionState.Connected), 2)
  timeline.onState(change('acme#1', ConnectionState.Reconnecting, { error: lost, attempt: 1 }), 5)
  timeline.onState(change('acme#1', ConnectionState.Reconnecting, { attempt: 2 }), 6)
  timeline.onState(change('acme#1', ConnectionState.Connected), 9)
  const connectionId = 'acme#1'
  expect(timeline.all).toEqual([
    { connectionId, state: 'connecting', since: 1, until: 2, reason: null, attempt: null },
    { connectionId, state: 'connected', since: 2, until: 5, reason: null, attempt: null },
    { connectionId, state: 'reconnecting', since: 5, until: 9, reason: 'ERR_CONNECTION_CLOSED', attempt: 2 },
    { connectionId, state: 'connected', since: 9, until: null, reason: null, attempt: null },
  ])
})

test('keeps 100 spans of each of 200 connections, and forgets the ones that have not changed for longest', () => {
  const timeline = new ConnectionTimeline()
  for (let turn = 0; turn < 300; turn += 1) {
    timeline.onState(change('acme#0', turn % 2 === 0 ? ConnectionState.Connected : ConnectionState.Reconnecting), turn)
  }
  expect(timeline.of('acme#0')).toHaveLength(100)
  expect(timeline.of('acme#0')[0]?.since).toBe(200)
  for (let id = 1; id <= 200; id += 1) timeline.onState(change(`acme#${id}`, ConnectionState.Connected), 300)
  expect(timeline.of('acme#0')).toEqual([])
  expect(timeline.all).toHaveLength(200)
})
