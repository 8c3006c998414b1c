import type { Clock } from '@tapewire/core'
import type { ShareResult } from './run/run-seeds.js'

/** How often a line is written where nobody sees it being rewritten, ms. */
const lineEveryMs = 5_000

/** How far a run of many seeds is: one line that is rewritten on a terminal, a line now and then where it is piped. */
export class Progress {
  readonly #clock: Clock
  readonly #all: number
  readonly #startedAt: number
  readonly #isTerminal = process.stderr.isTTY === true
  #lastLineAt: number
  #seeds = 0
  #moments = 0
  #virtualMs = 0
  #connections = 0

  constructor(clock: Clock, all: number) {
    this.#clock = clock
    this.#all = all
    this.#startedAt = clock.now()
    this.#lastLineAt = this.#startedAt
  }

  add({ seeds, moments, virtualMs, connections }: ShareResult): void {
    this.#seeds += seeds
    this.#moments += moments
    this.#virtualMs += virtualMs
    this.#connections += connections
    const now = this.#clock.now()
    if (this.#isTerminal) process.stderr.write(`\r${this.#line}`)
    else if (now - this.#lastLineAt >= lineEveryMs) {
      this.#lastLineAt = now
      process.stderr.write(`${this.#line}\n`)
    }
  }

  end(): void {
    if (this.#isTerminal) process.stderr.write('\n')
  }

  get summary(): string {
    const hours = (this.#virtualMs / 3_600_000).toFixed(1)
    const seconds = Math.round((this.#clock.now() - this.#startedAt) / 1_000)
    return `${this.#seeds} seeds in ${seconds} s: ${this.#moments} moments of ${hours} hours, ${this.#connections} connections`
  }

  get #line(): string {
    const perMinute = Math.round(this.#seeds / Math.max(0.001, (this.#clock.now() - this.#startedAt) / 60_000))
    return `${this.#seeds} of ${this.#all} seeds, ${perMinute} a minute`
  }
}
