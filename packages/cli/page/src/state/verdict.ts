import type { FeedState } from './feed-state.js'

/** `good`: the data can be used. `watch`: some of it, or not for long. `bad`: some of it is not the exchange's truth. */
export type Level = 'good' | 'watch' | 'bad'

/** What somebody who looks for one second has to know of a feed. */
export interface Verdict {
  readonly level: Level
  readonly headline: string
  /** What is well and what is not, the worst first. */
  readonly facts: readonly Fact[]
}

export interface Fact {
  readonly level: Level
  readonly text: string
  /** The part of the page that says more. */
  readonly place: 'streams' | 'connections' | 'ladder' | 'alerts'
}

const headlines: Readonly<Record<Level, string>> = {
  good: 'Data is good',
  watch: 'Data needs a look',
  bad: 'Data is not complete',
}
/** Signs that are told apart without their colours. */
export const glyphs: Readonly<Record<Level, string>> = { good: '●', watch: '▲', bad: '■' }
const order: readonly Level[] = ['bad', 'watch', 'good']

/** Judges a feed by what its streams, books, connections and alerts say themselves. */
export function verdictOn({ streams, connections, metrics, alerts }: FeedState): Verdict {
  const facts = [
    streamsFact(streams),
    connectionsFact(connections),
    booksFact(metrics.liveBooks, metrics.books),
    alertsFact(alerts),
  ].filter((fact) => fact !== null)
  facts.sort((left, right) => order.indexOf(left.level) - order.indexOf(right.level))
  const level = facts[0]?.level ?? 'watch'
  return { level, headline: headlines[level], facts }
}

function streamsFact(streams: FeedState['streams']): Fact {
  const place = 'streams'
  const count = (status: string): number => streams.filter((stream) => stream.status === status).length
  const live = count('live')
  if (streams.length === 0) return { level: 'watch', text: 'no streams yet', place }
  if (live === streams.length) return { level: 'good', text: `${live} of ${streams.length} streams live`, place }
  const others = (['gapped', 'stale', 'syncing'] as const)
    .map((status) => [count(status), status] as const)
    .filter(([number]) => number > 0)
    .map(([number, status]) => `${number} ${status}`)
  return {
    level: count('gapped') > 0 ? 'bad' : 'watch',
    text: `${live} of ${streams.length} streams live (${others.join(', ')})`,
    place,
  }
}

function connectionsFact(connections: FeedState['connections']): Fact {
  const connected = connections.filter(({ state }) => state === 'connected').length
  const isWell = connections.length > 0 && connected === connections.length
  return {
    level: isWell ? 'good' : 'bad',
    text: `${connected} of ${counted(connections.length, 'connection')} up`,
    place: 'connections',
  }
}

function booksFact(live: number, books: number): Fact | null {
  if (books === 0) return null
  return { level: live === books ? 'good' : 'bad', text: `${live} of ${counted(books, 'book')} live`, place: 'ladder' }
}

function alertsFact(alerts: FeedState['alerts']): Fact {
  if (alerts.length === 0) return { level: 'good', text: 'no alerts', place: 'alerts' }
  const level = alerts.some(({ severity }) => severity === 'critical') ? 'bad' : 'watch'
  const kinds = [...new Set(alerts.map(({ kind }) => kind))]
  return { level, text: `${counted(alerts.length, 'alert')} (${kinds.join(', ')})`, place: 'alerts' }
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
