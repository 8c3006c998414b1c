import { ConnectionState } from '../../model/connection-state.js'
import type { GapEvent } from '../../model/gap-event.js'
import type { Stream, TrackedStream } from '../../model/stream.js'
import type { AlertSettings } from '../alert-options.js'
import type { AlertRule, Judgement } from '../alert-rule.js'
import type { AlertNews, AlertSource } from '../alert-source.js'
import { counted, formatMs, nameOf } from '../format.js'
import { RecentCount } from '../recent-count.js'
import { RecentCounts } from '../recent-counts.js'

/** How long it counts that something is missing for good, and that a book lost an update, s. */
const lostSeconds = 300
const bookSeconds = 60

/** Something is missing for good; a stream is not whole though its connection is up; or a book loses updates again and again. */
export class GapRule implements AlertRule {
  readonly kind = 'gap'
  readonly #settings: AlertSettings
  readonly #lost = new RecentCount(lostSeconds)
  #latest: GapEvent | null = null
  readonly #books = new RecentCounts<Stream>(bookSeconds)

  constructor(settings: AlertSettings) {
    this.#settings = settings
  }

  hear(news: AlertNews, nowMs: number): boolean {
    if (news.kind === 'book-gap' && news.stream !== null) this.#books.add(news.stream, nowMs)
    else if (news.kind === 'gap' && isMissing(news.gap)) {
      this.#lost.add(nowMs)
      this.#latest = news.gap
    } else return false
    return true
  }

  judge(source: AlertSource, nowMs: number): Judgement {
    return this.#gapped(source, nowMs) ?? this.#missing(nowMs) ?? this.#losing(nowMs) ?? 'well'
  }

  #gapped(source: AlertSource, nowMs: number): Judgement | null {
    const { gappedMs: threshold } = this.#settings
    const gapped: Stream[] = []
    for (const { state, wanted } of source.groups()) {
      if (state !== ConnectionState.Connected) continue
      for (const stream of wanted) {
        const { status, since } = stream
        // Anything else is synchronising until its first message, which may be never.
        const isAway = status === 'gapped' || (status === 'syncing' && source.isBook(stream))
        if (isAway && nowMs - since >= threshold) gapped.push(stream)
      }
    }
    const [first] = gapped
    if (first === undefined) return null
    const longestMs = Math.max(...gapped.map(({ since }) => nowMs - since))
    const others = gapped.length === 1 ? '' : ` and ${counted(gapped.length - 1, 'other')}`
    return {
      severity: 'critical',
      reason: `${nameOf(first)}${others} not whole for ${formatMs(longestMs)}, though connected: ${first.reason}`,
      advice: stuckAdvice,
      isCertain: true,
      stream: gapped.length === 1 ? first : null,
      value: longestMs,
      threshold,
      unit: 'ms',
    }
  }

  #missing(nowMs: number): Judgement | null {
    const total = this.#lost.total(nowMs)
    if (total === 0 || this.#latest === null) return null
    const { stream, action, fault } = this.#latest
    const how = action === 'lost' ? 'was lost' : 'was fetched in part'
    return {
      severity: 'warning',
      reason: `${counted(total, 'gap')} in the last five minutes not made up for, the latest of ${nameOf(stream)}: what it missed ${how} (${fault})`,
      isCertain: true,
      stream: total === 1 ? stream : null,
      value: total,
      threshold: 0,
      unit: 'gaps',
    }
  }

  #losing(nowMs: number): Judgement | null {
    const threshold = this.#settings.bookGaps
    const books = this.#books.reaching(threshold, nowMs)
    const [worst] = books
    if (worst === undefined) return null
    const others = books.length === 1 ? '' : `, and ${counted(books.length - 1, 'other book')} as often`
    return {
      severity: 'warning',
      reason: `the order book of ${worst.key.instrument?.name ?? worst.key.id} lost updates ${worst.total} times in the last minute, and was fetched anew each time${others}`,
      advice: losingAdvice,
      isCertain: true,
      stream: books.length === 1 ? worst.key : null,
      value: worst.total,
      threshold,
      unit: 'gaps',
    }
  }
}

/** What was unsubscribed is not missed. */
function isMissing({ stream, fault }: GapEvent): boolean {
  return fault !== null && (stream as TrackedStream).wanted !== 0
}

const stuckAdvice =
  'Look at onError and at the book’s snapshot failures: the exchange refuses the stream, or its snapshots over REST. What the stream gave is not true until it is live.'
const losingAdvice =
  'Look at bytesReceived and the network: the exchange may drop updates for a client that reads too slowly, or the adapter’s rules may not fit any more.'
