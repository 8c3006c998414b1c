import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { type LinkState, LiveLink } from '../link/live-link.js'
import { Pace } from '../link/pace.js'
import type { HelloMessage, MarketMessage, RateSample, ServerMessage, ShownExchange, StateMessage } from '../wire.js'
import { announcementsOf } from './announcements.js'
import { afterState, type FeedState } from './feed-state.js'
import { afterMessage, type MarketView } from './market-view.js'
import { withSamples } from './rate-history.js'
import { glyphs, verdictOn } from './verdict.js'

export interface Selection {
  readonly exchange: string
  readonly symbol: string
}

const chartingMs = 250
/** Announcements that wait to be heard. */
const mostAnnouncements = 5

/**
 * Everything the page knows and does. Messages only change what is held; what is shown, the signals, changes in the browser's frames, from the newest of what is
 * held. So a page that is slow, or that nobody sees, skips states instead of working them off.
 */
export class Dashboard {
  readonly link: Signal<LinkState> = signal<LinkState>({ phase: 'connecting' })
  readonly hello: Signal<HelloMessage | null> = signal<HelloMessage | null>(null)
  readonly selection: Signal<Selection | null> = signal<Selection | null>(null)
  /** By exchange: how it is, and the samples of the last five minutes. */
  readonly states: Signal<ReadonlyMap<string, FeedState>> = signal<ReadonlyMap<string, FeedState>>(new Map())
  readonly histories: Signal<ReadonlyMap<string, readonly RateSample[]>> = signal<
    ReadonlyMap<string, readonly RateSample[]>
  >(new Map())
  readonly market: Signal<MarketView | null> = signal<MarketView | null>(null)
  /** The same at most four times a second: for charts, which cost more to draw than a line of figures, and tell no more than that. */
  readonly charted: Signal<MarketView | null> = signal<MarketView | null>(null)
  /** When the market was held still, by the server's clock; null while it moves. */
  readonly pausedAt: Signal<number | null> = signal<number | null>(null)
  /** The server's time, to the second: what ages are counted from. */
  readonly now: Signal<number> = signal(0)
  readonly announcement: Signal<string> = signal('')
  readonly exchange: ReadonlySignal<ShownExchange | null> = computed(
    () => this.hello.value?.exchanges.find(({ name }) => name === this.selection.value?.exchange) ?? null,
  )
  readonly state: ReadonlySignal<FeedState | null> = computed(
    () => this.states.value.get(this.selection.value?.exchange ?? '') ?? null,
  )
  readonly isLost: ReadonlySignal<boolean> = computed(() => this.link.value.phase === 'lost')

  readonly #link: LiveLink
  readonly #pace = new Pace()
  #held: MarketView | null = null
  readonly #heldStates = new Map<string, FeedState>()
  readonly #heldHistories = new Map<string, readonly RateSample[]>()
  #isStateFresh = false
  #announcements: string[] = []
  /** The server's time minus the page's own, from a clock that nobody sets. */
  #ahead = 0
  /** The frame that is asked for; 0 where none is. */
  #frame = 0
  #chartedAt = Number.NEGATIVE_INFINITY
  #seconds: ReturnType<typeof setInterval> | undefined
  readonly #reload: () => void

  constructor({ url, protocols, reload }: { url: string; protocols: readonly string[]; reload: () => void }) {
    this.#reload = reload
    this.#link = new LiveLink({
      url,
      protocols,
      onState: (state) => this.#linkIs(state),
      onMessage: (message) => this.receive(message),
    })
  }

  start(): void {
    this.#link.open()
    this.#seconds = setInterval(() => this.#second(), 1_000)
    document.addEventListener('visibilitychange', this.#visibility)
  }

  stop(): void {
    clearInterval(this.#seconds)
    document.removeEventListener('visibilitychange', this.#visibility)
    cancelAnimationFrame(this.#frame)
  }

  retry(): void {
    this.#link.open()
  }

  /** Shows another market, or the same exchange's first where there is no such symbol. */
  select(exchange: string, symbol?: string): void {
    const chosen = this.hello.value?.exchanges.find(({ name }) => name === exchange)
    if (chosen === undefined) return
    const found = chosen.symbols.find((name) => name === symbol) ?? chosen.symbols[0]
    if (found === undefined) return
    this.#held = null
    batch(() => {
      this.selection.value = { exchange, symbol: found }
      this.market.value = null
      this.charted.value = null
      this.pausedAt.value = null
    })
    this.#nameTab()
    this.#link.send({ type: 'select', exchange, symbol: found })
  }

  togglePause(): void {
    this.pausedAt.value = this.pausedAt.value === null ? this.#serverNow() : null
    this.#wake()
  }

  /** Over an emulation only. */
  cut(seconds: number): void {
    const exchange = this.selection.value?.exchange
    if (exchange !== undefined) this.#link.send({ type: 'cut', exchange, seconds })
  }

  /** Over an emulation only: silences what is selected. */
  mute(seconds: number): void {
    const selection = this.selection.value
    if (selection !== null) this.#link.send({ type: 'mute', ...selection, seconds })
  }

  receive(message: ServerMessage): void {
    if (message.type === 'hello') this.#welcome(message)
    else if (message.type === 'state') this.#stateIs(message)
    else if (message.type === 'market') this.#marketIs(message)
  }

  #welcome(hello: HelloMessage): void {
    const known = this.hello.value
    // Another version serves another page: this one would read its messages wrongly.
    if (known !== null && known.version !== hello.version) {
      this.#reload()
      return
    }
    const before = this.selection.value
    this.hello.value = hello
    const kept = hello.exchanges.find(
      ({ name, symbols }) => name === before?.exchange && symbols.includes(before.symbol),
    )
    const first = hello.exchanges[0]
    if (kept !== undefined && before !== null) this.#link.send({ type: 'select', ...before })
    else if (first !== undefined) this.select(first.name)
  }

  #stateIs(message: StateMessage): void {
    const { exchange, at, history } = message
    const before = this.#heldStates.get(exchange)
    const state = afterState(before, message)
    this.#ahead = at - performance.now()
    const title = this.hello.value?.exchanges.find(({ name }) => name === exchange)?.title ?? exchange
    this.#announcements.push(...announcementsOf(before, state, title))
    this.#announcements = this.#announcements.slice(-mostAnnouncements)
    this.#heldStates.set(exchange, state)
    this.#heldHistories.set(exchange, withSamples(this.#heldHistories.get(exchange) ?? [], history))
    this.#isStateFresh = true
    this.#nameTab()
    this.#wake()
  }

  #marketIs(message: MarketMessage): void {
    const selection = this.selection.value
    if (message.exchange !== selection?.exchange || message.symbol !== selection.symbol) return
    this.#held = afterMessage(this.#held, message)
    this.#wake()
  }

  #linkIs(state: LinkState): void {
    const before = this.link.value.phase
    this.link.value = state
    this.#nameTab()
    if (before === 'open' && state.phase === 'lost')
      this.#announcements.push('The dashboard tells this page nothing any more.')
    if (state.phase !== 'open') return
    if (before === 'lost') this.#announcements.push('The dashboard is there again.')
    this.#pace.forget()
    this.#tellPace()
  }

  /** What a tab is called is read where the page is not: it says how the data is, also while nobody looks. */
  #nameTab(): void {
    const state = this.#heldStates.get(this.selection.value?.exchange ?? '') ?? null
    const { level, headline } =
      state === null || this.isLost.value ? { level: 'watch' as const, headline: 'No data' } : verdictOn(state)
    document.title = [`${glyphs[level]} ${headline}`, this.selection.value?.symbol, 'tapewire']
      .filter(Boolean)
      .join(' · ')
  }

  /** Has the browser draw with its next frame; it has none while nobody looks. */
  #wake(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(this.#draw)
  }

  readonly #draw = (now: number): void => {
    this.#frame = 0
    const startedAt = performance.now()
    const isMoving = this.pausedAt.value === null
    batch(() => {
      if (isMoving) this.market.value = this.#held
      if (isMoving && now - this.#chartedAt >= chartingMs) {
        this.charted.value = this.#held
        this.#chartedAt = now
      }
      if (!this.#isStateFresh) return
      this.#isStateFresh = false
      this.states.value = new Map(this.#heldStates)
      this.histories.value = new Map(this.#heldHistories)
    })
    // What the signals set off is drawn in microtasks of this frame.
    queueMicrotask(() => this.#pace.drew(now, performance.now() - startedAt))
    if (isMoving && this.charted.value !== this.#held) this.#wake()
  }

  readonly #visibility = (): void => this.#tellPace()

  #tellPace(): void {
    const frameMs = this.#pace.tell(performance.now(), document.hidden)
    if (frameMs !== null) this.#link.send({ type: 'pace', frameMs })
  }

  #second(): void {
    this.#tellPace()
    if (document.hidden) return
    batch(() => {
      this.now.value = this.#serverNow()
      const next = this.#announcements.shift()
      if (next !== undefined) this.announcement.value = next
    })
  }

  #serverNow(): number {
    return Math.floor(this.#ahead + performance.now())
  }
}
