import { LatencyRecorder } from '../latency/latency-recorder.js'
import { summaryOf } from '../latency/latency-summary.js'
import { durationsIn, RecorderSamples } from '../windows/recorder-samples.js'
import type { SampleTimes } from '../windows/sample-times.js'

/** One frame in so many is timed, and the first of each second: of what comes seldom there would be none. */
const framesPerSample = 64

/** How long a stage took, ms; 0 where no frame was timed. */
export interface StageTimes {
  readonly averageMs: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

/** Where the time of a message goes, over the last minute: of the frames that were timed, one in 64 and the first of each second. */
export interface StageMetrics {
  /** Frames that were timed. */
  readonly sampled: number
  /** From the read of the socket until it is read: frames of the same read that come before it, and what it waits for a slow handler. */
  readonly socketToParser: StageTimes
  /** From its bytes to messages. */
  readonly parser: StageTimes
  /** From there to the return of your handler, with order books and states in between. What a promise takes that it returns is the next one's `socketToParser`. */
  readonly handler: StageTimes
}

/** When a frame was where, epoch ms. */
export interface FrameTimes {
  readonly receivedAt: number
  readonly parsingAt: number
  readonly parsedAt: number
  readonly handledAt: number
}

class Stage {
  readonly #recorder = new LatencyRecorder()
  readonly #samples = new RecorderSamples()

  record(durationMs: number): void {
    this.#recorder.record(durationMs)
  }

  take(slot: number): void {
    this.#samples.take(slot, this.#recorder)
  }

  lastMinute(times: SampleTimes): StageTimes & { readonly count: number } {
    const durations = durationsIn(times.span('last1min'), [this.#samples])
    const { averageMs, p50Ms, p99Ms, maxMs } = summaryOf(durations)
    return { count: durations.count, averageMs, p50Ms, p99Ms, maxMs }
  }
}

/** Times some of a manager's frames through their stages. */
export class StageMeter {
  readonly #times: SampleTimes
  readonly #socketToParser = new Stage()
  readonly #parser = new Stage()
  readonly #handler = new Stage()
  /** Frames until the next that is timed. */
  #left = 1
  #version = -1
  #composed: StageMetrics = noStages

  constructor(times: SampleTimes) {
    this.#times = times
  }

  /** Whether the frame at hand is to be timed. Asked once for each. */
  isDue(): boolean {
    this.#left -= 1
    if (this.#left > 0) return false
    this.#left = framesPerSample
    return true
  }

  note({ receivedAt, parsingAt, parsedAt, handledAt }: FrameTimes): void {
    this.#socketToParser.record(parsingAt - receivedAt)
    this.#parser.record(parsedAt - parsingAt)
    this.#handler.record(handledAt - parsedAt)
  }

  /** A sample of them, for the last minute. */
  take(slot: number): void {
    for (const stage of [this.#socketToParser, this.#parser, this.#handler]) stage.take(slot)
    this.#left = 1
  }

  get metrics(): StageMetrics {
    if (this.#version === this.#times.version) return this.#composed
    this.#version = this.#times.version
    const { count: sampled, ...socketToParser } = this.#socketToParser.lastMinute(this.#times)
    const { count: _parsed, ...parser } = this.#parser.lastMinute(this.#times)
    const { count: _handled, ...handler } = this.#handler.lastMinute(this.#times)
    this.#composed = { sampled, socketToParser, parser, handler }
    return this.#composed
  }
}

const noTimes: StageTimes = { averageMs: 0, p50Ms: 0, p99Ms: 0, maxMs: 0 }

/** Where nothing is measured. */
export const noStages: StageMetrics = { sampled: 0, socketToParser: noTimes, parser: noTimes, handler: noTimes }
