import { describe, expect, test } from 'vitest'
import type { ShownAlert, ShownConnection, ShownStream } from '../wire.js'
import type { FeedState } from './feed-state.js'
import { verdictOn } from './verdict.js'

interface Feed {
  readonly streams?: readonly ShownStream['status'][]
  readonly connections?: readonly ShownConnection['state'][]
  readonly alerts?: readonly ShownAlert['severity'][]
  readonly books?: readonly [live: number, books: number]
}

function state({ streams = ['live'], connections = ['connected'], alerts = [], books = [1, 1] }: Feed): FeedState {
  return {
    streams: streams.map((status) => ({ status })),
    connections: connections.map((one) => ({ state: one })),
    alerts: alerts.map((severity) => ({ severity, kind: 'gap' })),
    metrics: { liveBooks: books[0], books: books[1] },
  } as unknown as FeedState
}

describe('the verdict on a feed', () => {
  test.each<[string, Feed, string]>([
    ['all is well', {}, 'good'],
    ['there are no books', { books: [0, 0] }, 'good'],
    ['a stream is stale', { streams: ['live', 'stale'] }, 'watch'],
    ['nothing is subscribed yet', { streams: [] }, 'watch'],
    ['there is a warning', { alerts: ['warning'] }, 'watch'],
    ['something was lost', { streams: ['live', 'gapped'] }, 'bad'],
    ['a connection is being restored', { connections: ['connected', 'reconnecting'] }, 'bad'],
    ['there is no connection', { connections: [] }, 'bad'],
    ['a book is not live', { books: [1, 2] }, 'bad'],
    ['an alert is critical', { alerts: ['warning', 'critical'] }, 'bad'],
  ])('where %s', (_what, feed, level) => {
    expect(verdictOn(state(feed)).level).toBe(level)
  })

  test('says the worst first, and counts what is not well', () => {
    const { headline, facts } = verdictOn(state({ streams: ['gapped', 'stale', 'stale', 'live'], alerts: ['warning'] }))
    expect(headline).toBe('Data is not complete')
    expect(facts.map(({ text }) => text)).toEqual([
      '1 of 4 streams live (1 gapped, 2 stale)',
      '1 alert (gap)',
      '1 of 1 connection up',
      '1 of 1 book live',
    ])
  })
})
