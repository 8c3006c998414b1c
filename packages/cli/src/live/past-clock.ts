import type { Clock, Timer } from '@tapewire/core'
import { systemClock } from '@tapewire/core/adapter'

/** The machine's time, a while ago: for a market that is to have a past when somebody comes to see it. It only ever goes on, and once it is `behindMs` 0 it is the machine's. */
export class PastClock implements Clock {
  behindMs: number

  constructor(behindMs: number) {
    this.behindMs = behindMs
  }

  now(): number {
    return systemClock.now() - this.behindMs
  }

  wallTime(): number {
    return systemClock.wallTime() - Math.round(this.behindMs)
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    return systemClock.setTimer(delayMs, callback)
  }
}
