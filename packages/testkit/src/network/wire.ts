import type { Clock, Timer } from '@tapewire/core'

/** How long things take on a simulated network, and how steadily. */
export interface WireTiming {
  readonly clock: Clock
  readonly random: () => number
  /** How long the next thing takes one way, ms. */
  delayMs(): number
}

interface Parcel {
  readonly arrivesAt: number
  readonly arrive: () => void
}

/** One direction of one connection: what is sent arrives in the order sent, each after a delay of its own. Between wires nothing keeps order. */
export class Wire {
  readonly #timing: WireTiming
  #underWay: Parcel[] = []
  #timer: Timer | null = null
  #latestArrival = 0
  #isHeld = false
  #isDead = false

  constructor(timing: WireTiming) {
    this.#timing = timing
  }

  /** Has something happen at the other end. On a dead wire it never does. */
  send(arrive: () => void): void {
    if (this.#isDead) return
    const { clock } = this.#timing
    this.#latestArrival = Math.max(this.#latestArrival, clock.now() + this.#timing.delayMs())
    this.#underWay.push({ arrivesAt: this.#latestArrival, arrive })
    if (this.#timer === null) this.#wait()
  }

  /** Holds back what arrives until `release()`. */
  hold(): void {
    this.#isHeld = true
    this.#timer?.cancel()
    this.#timer = null
  }

  release(): void {
    if (!this.#isHeld) return
    this.#isHeld = false
    this.#wait()
  }

  /** What is under way arrives at once, unless it is held back. */
  hurry(): void {
    if (this.#isHeld) return
    const underWay = this.#underWay
    this.lose()
    for (const { arrive } of underWay) arrive()
  }

  /** What is under way is lost. */
  lose(): void {
    this.#underWay = []
    this.#timer?.cancel()
    this.#timer = null
  }

  /** Loses what is under way and whatever is sent from now on. */
  die(): void {
    this.lose()
    this.#isDead = true
  }

  #wait(): void {
    const [next] = this.#underWay
    if (next === undefined || this.#isHeld) return
    const { clock } = this.#timing
    this.#timer = clock.setTimer(next.arrivesAt - clock.now(), () => {
      this.#timer = null
      this.#deliver()
    })
  }

  /** What has arrived by now. Whoever throws stops nothing that comes behind. */
  #deliver(): void {
    const now = this.#timing.clock.now()
    try {
      for (let [next] = this.#underWay; next !== undefined && next.arrivesAt <= now; [next] = this.#underWay) {
        if (this.#isHeld) return
        this.#underWay.shift()
        next.arrive()
      }
    } finally {
      if (this.#timer === null) this.#wait()
    }
  }
}
