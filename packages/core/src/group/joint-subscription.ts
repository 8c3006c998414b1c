import { ConnectionState } from '../model/connection-state.js'
import type { Stream } from '../model/stream.js'
import type { RefusedStream } from '../session/streams/ledger.js'
import type { SubscriptionOutcome } from '../session/streams/waits.js'
import type { Lane } from './lane.js'

/** A lane's answer to a subscription: what the exchange said of it there, or why nothing will be said. */
type Answer = { readonly outcome: SubscriptionOutcome } | { readonly outcome: null; readonly error: unknown }

export interface JointSubscriptionParts {
  readonly lanes: readonly Lane[]
  readonly streams: readonly Stream[]
  /** These were refused on a lane, or never answered, and another has them or may still. */
  readonly onLacking: (lane: Lane, refused: readonly RefusedStream[]) => void
}

/**
 * Streams that two lanes are asked for, and what comes of it: one is there as soon as either lane has it. It is refused where every lane refuses it; a lane that is away is not
 * waited for, and then not asked any more. Where no lane can answer any more, it ends with the first one's reason.
 */
export class JointSubscription {
  readonly promise: Promise<SubscriptionOutcome>
  readonly #parts: JointSubscriptionParts
  readonly #answers = new Map<Lane, Answer>()
  #isOver = false
  #resolve: (outcome: SubscriptionOutcome) => void = () => {}
  #reject: (reason: unknown) => void = () => {}

  constructor(parts: JointSubscriptionParts) {
    this.#parts = parts
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    for (const lane of parts.lanes) {
      lane.subscribe(parts.streams).then(
        (outcome) => this.#onAnswer(lane, { outcome }),
        (error) => this.#onAnswer(lane, { outcome: null, error }),
      )
    }
  }

  /** A lane's state has changed: it may not be waited for any more. */
  check(): void {
    if (this.#isOver) return
    const { lanes, streams } = this.#parts
    const answers = [...this.#answers.values()]
    const outcomes = answers.flatMap(({ outcome }) => (outcome === null ? [] : [outcome]))
    if (outcomes.length === 0) {
      const [first] = answers
      if (answers.length < lanes.length || first?.outcome !== null) return
      this.#isOver = true
      this.#reject(first.error)
      return
    }
    const missing = streams.filter((stream) => outcomes.every((outcome) => isMissing(outcome, stream)))
    const isAwaited = lanes.some((lane) => !this.#answers.has(lane) && canAnswer(lane))
    if (missing.length > 0 && isAwaited) return
    this.#end(outcomes, missing)
  }

  #onAnswer(lane: Lane, answer: Answer): void {
    this.#answers.set(lane, answer)
    if (!this.#isOver) this.check()
    else if (answer.outcome !== null) this.#tellLacking(lane, answer.outcome, [])
  }

  #end(outcomes: readonly SubscriptionOutcome[], missing: readonly Stream[]): void {
    this.#isOver = true
    for (const lane of this.#parts.lanes) {
      const answer = this.#answers.get(lane)
      if (answer === undefined) void lane.unsubscribe(missing).catch(() => {})
      else if (answer.outcome !== null) this.#tellLacking(lane, answer.outcome, missing)
    }
    const isOfAll = ({ stream }: RefusedStream): boolean => missing.includes(stream)
    const refused = firstOfEach(outcomes.flatMap((outcome) => outcome.refused.filter(isOfAll)))
    const isUnanswered = ({ stream }: RefusedStream): boolean =>
      missing.includes(stream) && !refused.some((one) => one.stream === stream)
    const unanswered = firstOfEach(outcomes.flatMap((outcome) => outcome.unanswered.filter(isUnanswered)))
    this.#resolve({ refused, unanswered })
  }

  #tellLacking(lane: Lane, { refused, unanswered }: SubscriptionOutcome, missing: readonly Stream[]): void {
    const lacking = [...refused, ...unanswered].filter(({ stream }) => !missing.includes(stream))
    if (lacking.length > 0) this.#parts.onLacking(lane, lacking)
  }
}

function isMissing({ refused, unanswered }: SubscriptionOutcome, stream: Stream): boolean {
  return [...refused, ...unanswered].some((one) => one.stream === stream)
}

/** Whether a lane may answer soon. */
function canAnswer({ state }: Lane): boolean {
  return state === ConnectionState.Connected || state === ConnectionState.Connecting
}

function firstOfEach(refused: readonly RefusedStream[]): readonly RefusedStream[] {
  return refused.filter(({ stream }, index) => refused.findIndex((one) => one.stream === stream) === index)
}
