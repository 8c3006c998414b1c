import { abortable } from '../clock/abortable.js'
import { isPromise } from '../clock/is-promise.js'
import { handlerError } from '../errors/handler-error.js'
import type { StreamError } from '../errors/stream-error.js'
import type { Instrument } from '../model/instrument.js'
import type { DataMessage } from '../model/message.js'
import type { Stream } from '../model/stream.js'
import { Deadline } from '../pipeline/deadline.js'
import { handlerTimeout, isMuted } from '../pipeline/pipeline.js'
import type { BackfillChannel, BackfillPage, BackfillRequest, BackfillRules } from '../strategy/backfill.js'
import type { StrategyEnv } from '../strategy/env.js'
import type { GapOutcome } from '../strategy/gap-outcome.js'
import { RestLimiter } from '../transport/rest/rest-limiter.js'
import type { DeliveryMemory, Reach } from './delivery-memory.js'
import { askOnce, type Fetched, fetchMissed } from './fetch-missed.js'
import { endedBefore, lost } from './outcomes.js'
import { timeOf } from './told.js'

/** What backfilling is done with, and who gets what was fetched. */
export interface BackfillerParts {
  readonly rules: BackfillRules
  readonly env: StrategyEnv
  /** How long the user's handler may take for a message, ms. */
  readonly messageTimeoutMs: number
  /** Hands a message to the user; what it returns is waited for. */
  deliver(message: DataMessage): unknown
  report(error: StreamError): void
}

/** Of an account that is asked for one instrument after the other. */
export interface KnownInstruments {
  /** Those that are known. */
  readonly instruments: readonly Instrument[]
  /** Whether those are all that is wanted of it. */
  readonly areAll: boolean
}

/** What is to be made up for. */
export interface Missing extends KnownInstruments {
  readonly stream: Stream
  readonly channel: BackfillChannel
  readonly memory: DeliveryMemory
  readonly reach: Reach
}

/** The exchange's clock may be ahead of ours, ms. */
const aheadMs = 60_000

/** Fetches what streams missed, and delivers what of it was not told yet, the oldest first. */
export class Backfiller {
  readonly #parts: BackfillerParts
  readonly #limiter: RestLimiter

  constructor(parts: BackfillerParts) {
    this.#parts = parts
    const { rules, env } = parts
    this.#limiter = new RestLimiter({ limit: rules.limit, clock: env.clock, random: env.random })
  }

  /** The channel of a stream that can be backfilled; null where none can. */
  channelOf({ channels }: Stream): BackfillChannel | null {
    return this.#parts.rules.channels.find((channel) => channels.includes(channel)) ?? null
  }

  get identity(): BackfillRules['identity'] {
    return this.#parts.rules.identity
  }

  /** Whether one request asks for all that is wanted of an account. */
  get asksForAll(): boolean {
    return !this.#parts.rules.isPerInstrument
  }

  /** Never rejects. Once the signal is aborted nothing more is delivered. */
  async makeUp(missing: Missing, signal: AbortSignal): Promise<GapOutcome> {
    const { rules, env } = this.#parts
    const requests = this.#requests(missing)
    if (requests.length === 0) {
      return lost('no instrument is known to ask for: none was named, none seen')
    }
    const fetched = await fetchMissed(requests, { rules, env, limiter: this.#limiter }, signal)
    if (signal.aborted) return lost(endedBefore)
    const { delivered, isWhole } = await this.#deliver(this.#wantedOf(fetched.messages, missing), missing, signal)
    const fault = isWhole ? faultOf(fetched, missing) : endedBefore
    if (fault === null) return { action: 'backfilled', backfilled: delivered, fault }
    return { action: fetched.isAnswered ? 'partly-backfilled' : 'lost', backfilled: delivered, fault }
  }

  /** A page of what the exchange has from then on, asked for once, in its turn. Rejects with the exchange's refusal, and with the signal's reason. */
  askNewer(
    stream: Stream,
    channel: BackfillChannel,
    from: number,
    cursor: string | null,
    signal: AbortSignal,
  ): Promise<BackfillPage> {
    const { rules, env } = this.#parts
    const request = { stream, channel, instrument: stream.instrument, from, to: env.clock.wallTime() + aheadMs }
    return askOnce(request, cursor, { rules, env, limiter: this.#limiter }, signal)
  }

  close(): void {
    this.#limiter.close()
  }

  #requests({ stream, channel, reach, instruments }: Missing): readonly BackfillRequest[] {
    const { rules, env } = this.#parts
    const asked = stream.instrument === null && rules.isPerInstrument ? instruments : [stream.instrument]
    const to = env.clock.wallTime() + aheadMs
    return asked.map((instrument) => ({ stream, channel, instrument, from: reach.from, to }))
  }

  /** What of it is wanted, the oldest first. */
  #wantedOf(messages: readonly DataMessage[], { channel, memory, reach }: Missing): readonly DataMessage[] {
    const own = messages.filter((message) => message.channel === channel && !isMuted(message))
    const sorted = own.sort((one, other) => timeOf(one) - timeOf(other) || sequenceOf(one) - sequenceOf(other))
    const newest = sorted.at(-1)
    if (newest !== undefined) memory.settle(reach.from, timeOf(newest))
    return sorted
  }

  /** What was not told yet. Each counts as told only when its turn has come: behind a slow handler the stream may bring it sooner. `isWhole` says that nothing is left of it. */
  async #deliver(
    messages: readonly DataMessage[],
    { memory, reach }: Missing,
    signal: AbortSignal,
  ): Promise<{ readonly delivered: number; readonly isWhole: boolean }> {
    const { deliver, report, env, messageTimeoutMs } = this.#parts
    const deadline = new Deadline(messageTimeoutMs, env.clock)
    let delivered = 0
    let isWhole = true
    for (const message of messages) {
      if (signal.aborted) {
        isWhole = false
        break
      }
      const news = memory.merge.take(message, reach.from)
      if (news === null) continue
      delivered += 1
      try {
        const returned = deliver({ ...news, backfilled: true })
        const isInTime = !isPromise(returned) || (await abortable(deadline.wait(returned), signal))
        if (!isInTime) report(handlerTimeout(messageTimeoutMs))
      } catch (thrown) {
        if (!signal.aborted) report(handlerError(thrown))
      }
    }
    deadline.cancel()
    return { delivered, isWhole }
  }
}

function sequenceOf({ sequence }: DataMessage): number {
  return sequence ?? 0
}

/** Why not all that was missed may be there. */
function faultOf({ messages, fault }: Fetched, { channel, reach, stream, areAll }: Missing): string | null {
  if (fault !== null) return fault
  const { from, last, isShort } = reach
  if (isShort) return 'more was told since it began than is remembered: what was missed first was not asked for'
  const isExpected = channel !== 'orders' && last !== null && last >= from
  if (isExpected && !messages.some((message) => timeOf(message) <= last)) {
    return 'the exchange does not go back to the last message before the gap'
  }
  if (stream.instrument === null && !areAll) return 'only the instruments that were named or seen were asked for'
  return null
}
