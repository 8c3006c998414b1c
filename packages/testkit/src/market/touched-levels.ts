import { decimalText } from './decimal-text.js'
import type { TextLevel } from './market-event.js'
import type { MarketPrecision } from './market-precision.js'

/** The levels one change has touched on one side: the last size of each price, in the order of first touch. */
export class TouchedLevels {
  readonly #ticks: number[] = []
  readonly #lots: number[] = []

  add(ticks: number, lots: number): void {
    const index = this.#ticks.indexOf(ticks)
    if (index === -1) {
      this.#ticks.push(ticks)
      this.#lots.push(lots)
    } else {
      this.#lots[index] = lots
    }
  }

  /** The levels as text; begins anew. */
  take({ priceDigits, sizeDigits }: MarketPrecision): TextLevel[] {
    const levels: TextLevel[] = []
    for (let index = 0; index < this.#ticks.length; index++) {
      levels.push([decimalText(this.#ticks[index]!, priceDigits), decimalText(this.#lots[index]!, sizeDigits)])
    }
    this.#ticks.length = 0
    this.#lots.length = 0
    return levels
  }
}
