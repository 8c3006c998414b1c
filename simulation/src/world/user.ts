import {
  type Channel,
  type Clock,
  type Instrument,
  StreamError,
  SubscriptionError,
  type WebSocketManager,
} from '@tapewire/core'
import { sleep } from '@tapewire/core/adapter'
import type { Asked, Script } from '../script/script.js'
import type { Trace } from './trace.js'
import { type Wanted, Wishes } from './wishes.js'

/** How long the user waits before a start that failed is tried again, ms. */
const patienceMs = 1_000

/** What a user is given. */
export interface UserParts {
  readonly manager: WebSocketManager
  readonly clock: Clock
  readonly pairs: readonly Instrument[]
  readonly script: Script
  readonly trace: Trace
  /** A start failed: nothing may be left of it. */
  readonly onFailedStart: () => void
  /** Something came that no user should have to expect. */
  readonly onSurprise: (what: string) => void
}

/** Somebody who subscribes, unsubscribes, waits for books and closes, and keeps in mind what was promised. */
export class User {
  readonly wishes: Wishes = new Wishes()
  readonly #parts: UserParts
  /** What waits for an answer, in words. */
  readonly #waiting = new Set<string>()
  #calls = 0
  #phase: 'starting' | 'started' | 'closing' | 'closed' = 'starting'

  constructor(parts: UserParts) {
    this.#parts = parts
  }

  get phase(): 'starting' | 'started' | 'closing' | 'closed' {
    return this.#phase
  }

  /** Calls that have not been settled, in words. */
  get waiting(): readonly string[] {
    return [...this.#waiting]
  }

  /** Starts, and starts again for as long as that fails. */
  async start(): Promise<void> {
    const { script, clock, manager } = this.#parts
    const all = this.#wantedOf(script.first)
    const { channels } = script.first
    const symbols = this.#symbolsOf(script.first)
    while (this.#phase === 'starting') {
      this.wishes.set(all, 'asked')
      const outcome = await this.#call(
        `initialize ${channels}`,
        manager.initialize({ symbols, channels, ...script.start }),
      )
      if (outcome === null || outcome instanceof SubscriptionError) {
        this.#settleAsked(all, outcome)
        this.#drop(manager.refused.map(({ streamId }) => streamId))
        if (this.#phase === 'starting') this.#phase = 'started'
        return
      }
      this.wishes.forget(all)
      if (this.#phase !== 'starting') return
      this.#parts.onFailedStart()
      await sleep(clock, patienceMs)
    }
  }

  /** Asks for what is not there yet, unless something about it is under way. */
  async subscribe(asked: Asked): Promise<void> {
    const all = this.#wantedOf(asked)
    if (this.#phase !== 'started' || !this.wishes.isSettled(all)) return
    const fresh = this.wishes.newOf(all)
    this.wishes.set(fresh, 'asked')
    const call = this.#parts.manager.subscribe(this.#symbolsOf(asked), asked.channels)
    this.#settleAsked(fresh, await this.#call(`subscribe ${this.#told(asked)}`, call))
  }

  /** Gives back what is there. */
  async unsubscribe(asked: Asked): Promise<void> {
    const all = this.#wantedOf(asked)
    if (this.#phase !== 'started' || !this.wishes.isSettled(all)) return
    const had = this.wishes.hadOf(all)
    if (had.length === 0) return
    this.wishes.set(had, 'given back')
    const call = this.#parts.manager.unsubscribe(this.#symbolsOf(asked), asked.channels)
    await this.#call(`unsubscribe ${this.#told(asked)}`, call)
    this.wishes.forget(had)
  }

  /** Waits for a book for so long. */
  async awaitBook(pair: Instrument, forMs: number): Promise<void> {
    if (this.#phase !== 'started') return
    const { manager, clock } = this.#parts
    const patience = new AbortController()
    const timer = clock.setTimer(forMs, () =>
      patience.abort(new StreamError('ERR_ABORTED', 'The user has lost patience.')),
    )
    const call = manager.awaitBook(pair, { signal: patience.signal }).then((book) => {
      if (book.status !== 'live')
        this.#parts.onSurprise(`awaitBook() gave a book of ${pair.name} that is ${book.status}`)
    })
    await this.#call(`await-book ${pair.name}`, call)
    timer.cancel()
  }

  async close(): Promise<void> {
    if (this.#phase === 'closing' || this.#phase === 'closed') return
    this.#phase = 'closing'
    await this.#call('close', this.#parts.manager.close())
    this.#phase = 'closed'
  }

  /** Waits for the end of a call, and notes it. Returns its error, null where it went well. */
  async #call(what: string, call: Promise<unknown>): Promise<unknown> {
    const { trace, onSurprise } = this.#parts
    this.#calls += 1
    const name = `#${this.#calls} ${what}`
    this.#waiting.add(name)
    trace.note('user', `${name} …`)
    const outcome = await call.then(
      () => null,
      (thrown: unknown) => thrown,
    )
    this.#waiting.delete(name)
    trace.note('user', `${name}: ${outcome === null ? 'done' : shown(outcome)}`)
    const isDelisted = this.#parts.script.steps.some(({ kind }) => kind === 'refuse-pair')
    if (outcome instanceof SubscriptionError && outcome.code === 'ERR_SUBSCRIPTION_REJECTED' && !isDelisted) {
      onSurprise(`${name} was refused, though the exchange has everything: ${outcome.rejected[0]?.reason}`)
    }
    if (outcome !== null && !(outcome instanceof StreamError)) onSurprise(`${name} rejected with ${String(outcome)}`)
    return outcome
  }

  /** What was named as refused is not wanted, the rest is. */
  #settleAsked(all: readonly Wanted[], outcome: unknown): void {
    if (outcome === null) this.wishes.set(all, 'wanted')
    else if (outcome instanceof SubscriptionError) {
      const isRefused = ({ instrument, channel }: Wanted): boolean =>
        outcome.rejected.some((one) => one.channel === channel && one.symbol === (instrument?.name ?? null))
      this.wishes.set(
        all.filter((one) => !isRefused(one)),
        'wanted',
      )
      this.wishes.forget(all.filter(isRefused))
    } else this.wishes.forget(all)
  }

  /** What the start lists as refused, where it went on without a word. */
  #drop(streamIds: readonly string[]): void {
    const refused = this.#parts.manager.refused.filter(({ streamId }) => streamIds.includes(streamId))
    const { pairs } = this.#parts
    const wanted = refused.map(({ symbol, channel }) => ({
      instrument: pairs.find(({ name }) => name === symbol) ?? null,
      channel: channel as Channel,
    }))
    this.wishes.forget(wanted)
  }

  #wantedOf({ pairs, channels }: Asked): readonly Wanted[] {
    if (this.#parts.script.isPrivate) return channels.map((channel) => ({ instrument: null, channel }))
    return this.#symbolsOf({ pairs, channels }).flatMap((instrument) =>
      channels.map((channel) => ({ instrument, channel })),
    )
  }

  #symbolsOf({ pairs }: Asked): readonly Instrument[] {
    return pairs.flatMap((pair) => this.#parts.pairs[pair] ?? [])
  }

  #told(asked: Asked): string {
    return `${asked.channels} of ${this.#symbolsOf(asked)}`
  }
}

function shown(error: unknown): string {
  if (error instanceof SubscriptionError) return `${error.code} for ${error.rejected.map(({ streamId }) => streamId)}`
  return error instanceof StreamError ? `${error.code} (${error.shortMessage})` : String(error)
}
