import type { StreamState } from '@tapewire/core'
import type { FailureDetails } from '../check-failure.js'
import type { StageRecord } from './stage-record.js'

/** As many as help: the later ones mostly say the same again. */
const most = 3
/** What core says of a book whose updates do not follow on each other, or are none: that is read from the frames. */
const misread = /an update is missing|a (change|snapshot) (came|holds)/

/** What `onError` told first, each thing once, with its code, and of whoever threw the words. */
export function errorsTold({ errors }: Pick<StageRecord, 'errors'>): readonly string[] {
  const told = errors.map((error) => {
    const causes = [...error.walk()].slice(1).map((cause) => (cause instanceof Error ? cause.message : String(cause)))
    return [error.message, ...causes].join(' ← ').replace(/\s*\n\s*/g, '  ')
  })
  const different = [...new Set(told)]
  const rest = different.length - most
  return rest > 0 ? [...different.slice(0, most), `and ${rest} more`] : different
}

/** One stream, its status and why, on a line. */
export function stateInWords({ stream, status, reason }: StreamState): string {
  return `${stream.id}: ${status}, ${reason}`
}

/** Why a feed is not there yet, as far as it has said itself: streams that are not live, and what `onError` told. */
export function whyNotLive(waiting: readonly StreamState[], record: Pick<StageRecord, 'errors'>): FailureDetails {
  const isMisread = waiting.some(({ reason }) => misread.test(reason))
  return {
    got: { notLive: waiting.map(stateInWords), onError: errorsTold(record) },
    ...(isMisread ? { file: 'parsers/orderbook.ts' } : {}),
  }
}
