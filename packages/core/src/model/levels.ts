import type { FlatLevels } from './payloads.js'

/** One price level. */
export interface Level {
  readonly price: number
  readonly size: number
}

/** Walks flat levels: `for (const { price, size } of levels(message.data.bids)) …` */
export function* levels(flat: FlatLevels): Generator<Level> {
  for (let index = 0; index + 1 < flat.length; index += 2) {
    yield { price: flat[index] as number, size: flat[index + 1] as number }
  }
}
