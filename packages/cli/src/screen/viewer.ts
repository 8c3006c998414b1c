import { type Clock, ConnectionState } from '@tapewire/core'
import type { LiveEvent } from '../live/feed-log.js'
import type { LiveFeed } from '../live/live-feed.js'
import { Recent } from '../live/recent.js'
import { oneLine } from '../terminal/one-line.js'
import { drawFrame, type ScreenSize } from './frame.js'
import type { Tab } from './header.js'
import type { Key } from './keys.js'
import type { Shot } from './shot.js'
import { byTrouble, statusSign } from './signs.js'
import { type FeedMetrics, readMetrics, takeShot } from './take-shot.js'
import { type Line, type Span, span } from './text/line.js'

const metricsEveryMs = 1_000
const mostNotices = 20

interface Pause {
  readonly at: number
  readonly shots: ReadonlyMap<LiveFeed, readonly Shot[]>
}

/** Which of the feeds and instruments a person looks at, and what the keys do about it. */
export class Viewer {
  readonly #feeds: readonly LiveFeed[]
  readonly #connectTexts: ReadonlyMap<LiveFeed, string>
  readonly #clock: Clock
  readonly #startedAt: number
  /** The instrument of each feed that was looked at last. */
  readonly #symbols: number[]
  readonly #metrics = new Map<LiveFeed, { readonly at: number; readonly read: FeedMetrics }>()
  readonly #notices = new Recent<LiveEvent>(mostNotices)
  #feed = 0
  #view: 'market' | 'help' | 'connect' = 'market'
  #pause: Pause | null = null

  /** At least one feed. */
  constructor(feeds: readonly LiveFeed[], connectTexts: ReadonlyMap<LiveFeed, string>, clock: Clock) {
    this.#feeds = feeds
    this.#connectTexts = connectTexts
    this.#clock = clock
    this.#startedAt = clock.now()
    this.#symbols = feeds.map(() => 0)
  }

  press(key: Key): void {
    if (key === 'help') this.#show('help')
    else if (key === 'connect' && this.#connectTexts.has(this.#shown)) this.#show('connect')
    else if (key === 'back') this.#view = 'market'
    else if (key === 'pause') this.#pause = this.#pause === null ? this.#standStill() : null
    else if (key === 'exchange') this.#feed = (this.#feed + 1) % this.#feeds.length
    else if (key === 'next') this.#turn(1)
    else if (key === 'previous') this.#turn(-1)
  }

  /** Something worth knowing that no feed tells: it stands among what happened. */
  note(text: string): void {
    this.#notices.add({ at: this.#clock.now(), level: 'info', text: oneLine(text) })
  }

  /** The screen at this moment. */
  frame(size: ScreenSize): readonly Line[] {
    const now = this.#clock.now()
    const feed = this.#shown
    const symbol = this.#symbols[this.#feed] ?? 0
    return drawFrame(
      {
        shot: this.#pause?.shots.get(feed)?.[symbol] ?? this.#take(feed, symbol),
        tabs: this.#feeds.map((one, index) => this.#tab(one, index === this.#feed)),
        elapsedMs: now - this.#startedAt,
        pausedMs: this.#pause === null ? null : now - this.#pause.at,
        connectText: this.#connectTexts.get(feed) ?? '',
        abilities: {
          isPaused: this.#pause !== null,
          hasSymbols: feed.symbols.length > 1,
          hasExchanges: this.#feeds.length > 1,
          canConnect: this.#connectTexts.has(feed),
          view: this.#view,
        },
      },
      size,
    )
  }

  get #shown(): LiveFeed {
    return this.#feeds[this.#feed] as LiveFeed
  }

  #show(view: 'help' | 'connect'): void {
    this.#view = this.#view === view ? 'market' : view
  }

  #turn(by: number): void {
    const count = this.#shown.symbols.length
    this.#symbols[this.#feed] = ((this.#symbols[this.#feed] ?? 0) + by + count) % count
  }

  /** Of everything, for one can look around while it stands still. */
  #standStill(): Pause {
    const shots = this.#feeds.map((feed) => [feed, feed.symbols.map((_, symbol) => this.#take(feed, symbol))] as const)
    return { at: this.#clock.now(), shots: new Map(shots) }
  }

  #take(feed: LiveFeed, symbol: number): Shot {
    const shot = takeShot(feed, symbol, this.#metricsOf(feed), this.#clock.now())
    const notices = this.#notices.newestFirst()
    if (notices.length === 0) return shot
    return { ...shot, log: [...notices, ...shot.log].sort((left, right) => right.at - left.at) }
  }

  #metricsOf(feed: LiveFeed): FeedMetrics {
    const now = this.#clock.now()
    const known = this.#metrics.get(feed)
    if (known !== undefined && now - known.at < metricsEveryMs) return known.read
    const read = readMetrics(feed)
    this.#metrics.set(feed, { at: now, read })
    return read
  }

  #tab(feed: LiveFeed, isChosen: boolean): Tab {
    return { title: feed.title, isChosen, sign: feedSign(feed) }
  }
}

/** The worst of a feed, so that trouble is seen from wherever one looks. */
function feedSign(feed: LiveFeed): Span {
  const isUp = feed.connections.every(({ until, state }) => until !== null || state === ConnectionState.Connected)
  if (!isUp) return span('×', 'bad')
  if (feed.alerts.length > 0) return span('!', 'bad')
  const [worst] = [...feed.streams()].sort(byTrouble)
  return statusSign(worst?.status ?? 'syncing')
}
