import { type ExchangeFeed, StreamError, type StreamState, type Timer } from '@tapewire/core'
import { type ConnectionLimiter, systemClock } from '@tapewire/core/adapter'
import type { Owned } from '../ownership.js'
import { Relay } from '../relay/relay.js'
import type { RelayMetrics } from '../relay/relay-metrics.js'
import type { RelayOptions } from '../relay/relay-options.js'
import { type GroupFeedParts, insistMs, untilNone } from './group-feed.js'
import type { LetGoReason, Ownership } from './share-handler.js'

/** What an account of a member is made of. */
export interface GroupAccountParts extends GroupFeedParts {
  /** The name that the group has for it. */
  readonly account: string
  readonly share: string
  readonly leaseMs: number
  readonly relayOptions: RelayOptions
  open(account: string, signal: AbortSignal, limiter: ConnectionLimiter): Promise<ExchangeFeed>
}

interface Opened {
  readonly feed: ExchangeFeed
  readonly relay: Relay
  stop(): void
}

/** How long an account is kept, and stays logged in, at least after a lease ended in the hope of getting it again: NATS may be away for everybody, ms. */
const leastHoldMs = 30_000

/** How long it takes at most to find that an owner died and to take over, beyond its lease, ms. */
const takeOverMs = 1_000

/** One account, as one member has it: not at all; logged in and published by another; or published. */
export class GroupAccount {
  readonly #parts: GroupAccountParts
  readonly #holdMs: number
  #owned: Owned | null = null
  /** Whether what was published while it was its own is on its way to NATS. */
  #isLettingGo = false
  #opened: Opened | null = null
  /** While it is to be logged in; aborted when it is not any more. */
  #wanted: AbortController | null = null
  #turn: Promise<void> = Promise.resolve()
  #hold: Timer | null = null
  /** Since when it has missed nothing, ms; null while it may be missing something. */
  #wholeSince: number | null = null

  constructor(parts: GroupAccountParts) {
    this.#parts = parts
    this.#holdMs = Math.max(leastHoldMs, 2 * parts.leaseMs + takeOverMs)
  }

  get isOwned(): boolean {
    return this.#owned !== null
  }

  /** Null while it is not logged in. */
  metrics(): RelayMetrics | null {
    return this.#opened?.relay.metrics() ?? null
  }

  /** Logs in, and publishes nothing. */
  async prepare(signal: AbortSignal): Promise<void> {
    this.#want()
    await this.#open()
    if (this.#opened !== null) await untilNone(this.#opened.feed, isGapped, signal)
  }

  own(ownership: Ownership): void {
    this.#want()
    const { epoch } = ownership
    this.#owned = { epoch, continues: this.#continues(ownership) }
    if (this.#opened === null) void this.#insist(epoch)
    else void this.#opened.relay.ownershipChanged()
  }

  async letGo(reason: LetGoReason): Promise<void> {
    const isOwned = this.#owned !== null
    this.#isLettingGo = isOwned && (reason === 'moved' || reason === 'left')
    this.#owned = null
    const published = isOwned ? this.#opened?.relay.ownershipChanged() : undefined
    if (reason === 'lapsed') {
      this.#holdOn()
      return
    }
    await this.#inTime(published)
    this.#isLettingGo = false
    void this.#drop()
  }

  /** Ends it, whatever it is. */
  close(): Promise<void> {
    this.#owned = null
    return this.#drop()
  }

  /** Whether anything may go out at this moment. */
  #mayPublish(): boolean {
    const { share, mayPublish, isMember } = this.#parts
    return this.#owned === null ? this.#isLettingGo && isMember() : mayPublish(share)
  }

  /** Whether nothing is missing between what the last owner published and what is known here. */
  #continues({ isWarm, after }: Ownership): boolean {
    if (this.#wholeSince === null || after === null) return false
    if (isWarm && after === 'hand-over') return true
    return systemClock.now() - this.#wholeSince >= 2 * this.#parts.leaseMs + takeOverMs
  }

  #want(): void {
    this.#hold?.cancel()
    this.#hold = null
    this.#wanted ??= new AbortController()
  }

  /** Stays logged in for a while: who gets the account again has then missed nothing. */
  #holdOn(): void {
    this.#hold?.cancel()
    this.#hold = systemClock.setTimer(this.#holdMs, () => void this.#drop())
  }

  /** Logs out, where it is not its own again meanwhile. */
  #drop(): Promise<void> {
    this.#hold?.cancel()
    this.#hold = null
    if (this.#owned !== null) return Promise.resolve()
    this.#wanted?.abort()
    this.#wanted = null
    return this.#inTurn(async () => {
      if (this.#wanted === null) await this.#close()
    })
  }

  /** Until it is open, or is not this member's any more. */
  async #insist(epoch: number): Promise<void> {
    while (this.#owned?.epoch === epoch && this.#opened === null) {
      try {
        await this.#open()
      } catch (thrown) {
        if (this.#owned?.epoch !== epoch) return
        this.#parts.onError(thrown)
        await new Promise<void>((resolve) => systemClock.setTimer(insistMs, resolve))
      }
    }
  }

  #open(): Promise<void> {
    return this.#inTurn(async () => {
      const { account, open, relayOptions, limiterOf, onError } = this.#parts
      const signal = this.#wanted?.signal
      if (this.#opened !== null || signal === undefined) return
      const feed = await open(account, signal, limiterOf(account))
      const relay = new Relay(
        feed,
        { ...relayOptions, account },
        { of: () => this.#owned, keptMs: this.#holdMs, mayPublish: () => this.#mayPublish() },
      )
      const stops = [
        relay.on('error', onError),
        feed.on('stream', () => this.#look(feed)),
        feed.on('error', ({ code }) => {
          if (code === 'ERR_RECONNECT_EXHAUSTED') void this.#openAnew()
        }),
      ]
      const stop = (): void => {
        for (const end of stops) end()
      }
      try {
        await relay.open()
      } catch (thrown) {
        stop()
        await feed.close()
        throw thrown
      }
      this.#opened = { feed, relay, stop }
      this.#look(feed)
    })
  }

  /** The exchange was given up: another feed may find it. */
  async #openAnew(): Promise<void> {
    await this.#inTurn(() => this.#close())
    const { epoch } = this.#owned ?? {}
    if (epoch !== undefined) await this.#insist(epoch)
    else await this.#open().catch((thrown: unknown) => this.#parts.onError(thrown))
  }

  #look(feed: ExchangeFeed): void {
    if (feed.streamStates().some(isGapped)) this.#wholeSince = null
    else this.#wholeSince ??= systemClock.now()
  }

  async #close(): Promise<void> {
    const opened = this.#opened
    this.#opened = null
    this.#wholeSince = null
    if (opened === null) return
    opened.stop()
    const waiting = opened.relay.metrics().account?.waiting ?? 0
    await opened.feed.close()
    await opened.relay.close()
    if (waiting > 0) this.#parts.onError(notStored(this.#parts.account, waiting))
  }

  /** What is on its way has as long as a lease to be stored. */
  async #inTime(published: Promise<void> | undefined): Promise<void> {
    if (published === undefined) return
    let timer: Timer | null = null
    const late = new Promise<void>((resolve) => {
      timer = systemClock.setTimer(this.#parts.leaseMs, resolve)
    })
    await Promise.race([published, late])
    ;(timer as Timer | null)?.cancel()
  }

  /** One after the other: it is never logged in twice here. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => {})
    return done
  }
}

function isGapped({ status }: StreamState): boolean {
  return status === 'gapped'
}

function notStored(account: string, events: number): StreamError {
  return new StreamError('ERR_NOT_SENT', 'Events of an account were not stored before it became another’s.', {
    context: { Account: account, Events: String(events) },
    hint: 'Consumers are told of a gap where the next owner was not there before.',
  })
}
