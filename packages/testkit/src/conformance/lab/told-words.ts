import { inspect } from 'node:util'
import { StreamError } from '@tapewire/core'
import type { FeedTrial } from './feed-trial.js'

/** All that a thing says of itself to a logger or a console; of an error its stack and its causes too. */
export function wordsOf(thing: unknown): string {
  const chain = thing instanceof StreamError ? [...thing.walk()] : [thing]
  return chain
    .flatMap((each) => [
      String(each),
      each instanceof Error ? (each.stack ?? '') : '',
      jsonOf(each),
      inspect(each, { depth: 12, showHidden: true, maxStringLength: null, maxArrayLength: null }),
    ])
    .join('\n')
}

/** All that a feed has told beside its messages, and that its manager shows when it is looked at. */
export function told({ manager, record }: FeedTrial): string {
  const { errors, connections, gaps, drops, books, log } = record
  const things = [
    ...errors,
    ...connections.flatMap((event) => [event, event.error]),
    ...gaps,
    ...drops,
    ...books,
    ...log,
    manager.streamStates(),
    manager.refused,
    manager.getPerformanceMetrics(),
    manager,
  ]
  return things.map(wordsOf).join('\n')
}

/** Not everything that is told can be written as JSON. */
function jsonOf(thing: unknown): string {
  try {
    return JSON.stringify(thing) ?? ''
  } catch {
    return ''
  }
}
