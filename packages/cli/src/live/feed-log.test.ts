import { type Alert, ConnectionState, type ConnectionStateEvent, StreamError } from '@tapewire/core'
import { expect, test } from 'vitest'
import { FeedLog } from './feed-log.js'

function textsOf(tell: (log: FeedLog) => void): readonly string[] {
  const log = new FeedLog(() => 7)
  tell(log)
  expect(log.events.every(({ at }) => at === 7)).toBe(true)
  return log.events.map(({ level, text }) => `${level} ${text}`)
}

const change: ConnectionStateEvent = {
  exchange: 'acme_spot',
  connectionId: 'acme_spot#1',
  state: ConnectionState.Connected,
  previous: ConnectionState.Connecting,
  error: null,
  breaker: 'closed',
  attempt: null,
  delayMs: null,
  nextAttemptAt: null,
}

const alert = { kind: 'drop', status: 'raised', severity: 'warning', reason: '3 messages\nwere dropped' } as Alert

test('the log of a feed says what happened, newest first, with how bad it is', () => {
  const lost = new StreamError('ERR_CONNECTION_CLOSED', 'The connection ended.')
  const { Connected, Reconnecting } = ConnectionState
  expect(
    textsOf((log) => {
      log.onConnectionState(change)
      log.onConnectionState({
        ...change,
        state: Reconnecting,
        previous: Connected,
        error: lost,
        attempt: 1,
        delayMs: 0,
      })
      log.onConnectionState({ ...change, state: Connected, previous: Reconnecting })
      log.onError(lost)
      log.onError(new StreamError('ERR_RECONNECT_EXHAUSTED', 'It is given up.'))
      log.onAlert(alert)
      log.onAlert({ ...alert, severity: 'critical' })
      log.onAlert({ ...alert, status: 'cleared' })
    }),
  ).toEqual([
    'info alert drop cleared: 3 messages were dropped',
    'error alert drop raised: 3 messages were dropped',
    'warn alert drop raised: 3 messages were dropped',
    'error It is given up. [ERR_RECONNECT_EXHAUSTED]',
    'warn The connection ended. [ERR_CONNECTION_CLOSED]',
    'info acme_spot#1 connected',
    'warn acme_spot#1 reconnecting (ERR_CONNECTION_CLOSED), attempt 1 at once',
  ])
})

test('the log keeps the latest 200', () => {
  const texts = textsOf((log) => {
    for (let event = 0; event < 500; event += 1) log.tell('info', String(event))
  })
  expect(texts).toHaveLength(200)
  expect(texts[0]).toBe('info 499')
})
