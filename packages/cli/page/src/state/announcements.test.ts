import { describe, expect, test } from 'vitest'
import type { ShownAlert, ShownConnection } from '../wire.js'
import { announcementsOf } from './announcements.js'
import type { FeedState } from './feed-state.js'

const alert = (kind: string, severity: ShownAlert['severity'], since = 1): Partial<ShownAlert> => ({
  kind,
  severity,
  reason: `${kind} happened.`,
  since,
  stream: null,
  connectionId: null,
})

function state(alerts: readonly Partial<ShownAlert>[], connection: ShownConnection['state'] = 'connected'): FeedState {
  return { alerts, connections: [{ connectionId: 'acme#1', state: connection }] } as unknown as FeedState
}

describe('what is said aloud', () => {
  test('is nothing of the first state, which is read, and nothing where nothing changed', () => {
    expect(announcementsOf(undefined, state([alert('gap', 'warning')]), 'Acme')).toEqual([])
    expect(announcementsOf(state([alert('gap', 'warning')]), state([alert('gap', 'warning')]), 'Acme')).toEqual([])
  })

  test('is a connection that was lost, and one that is back', () => {
    expect(announcementsOf(state([]), state([], 'reconnecting'), 'Acme')).toEqual([
      'Acme, connection acme#1: reconnecting',
    ])
    expect(announcementsOf(state([], 'reconnecting'), state([]), 'Acme')).toEqual([
      'Acme, connection acme#1: connected',
    ])
  })

  test('is an alert that was raised, again as well, and one that has cleared', () => {
    expect(announcementsOf(state([]), state([alert('gap', 'critical')]), 'Acme')).toEqual([
      'Critical alert, gap: gap happened.',
    ])
    expect(announcementsOf(state([alert('gap', 'warning')]), state([alert('gap', 'warning', 2)]), 'Acme')).toEqual([
      'Alert, gap: gap happened.',
      'Alert cleared: gap',
    ])
  })
})
