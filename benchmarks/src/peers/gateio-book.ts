/** A push of Gate.io's book streams: whole where `full`, else absolute sizes with `0` for a level that is gone. */
export interface GateioBookPush {
  readonly s: string
  readonly full?: boolean
  readonly U?: number
  readonly u: number
  readonly b?: Levels
  readonly a?: Levels
}

type Levels = readonly (readonly [string, string])[]

/** A book kept by the rules of Gate.io's documentation; nothing is cut off, so that a level that was never taken back is seen. */
export class GateioBook {
  readonly depth: number
  /** Whether the image was asked for that `spot.order_book_update` needs. */
  isAsked = false
  #lastId: number | null = null
  #waiting: GateioBookPush[] = []
  readonly #bids = new Map<string, string>()
  readonly #asks = new Map<string, string>()

  constructor(depth: number) {
    this.depth = depth
  }

  get isWaiting(): boolean {
    return this.#lastId === null
  }

  replace({ u, b = [], a = [] }: Pick<GateioBookPush, 'u' | 'b' | 'a'>): void {
    this.#bids.clear()
    this.#asks.clear()
    this.#lastId = u
    set(this.#bids, b)
    set(this.#asks, a)
    for (const push of this.#waiting.splice(0)) this.apply(push)
  }

  /** False where something is missing before this push. */
  apply(push: GateioBookPush): boolean {
    if (this.#lastId === null) {
      this.#waiting.push(push)
      return true
    }
    if (push.u <= this.#lastId) return true
    if ((push.U ?? push.u) > this.#lastId + 1) return false
    this.#lastId = push.u
    set(this.#bids, push.b ?? [])
    set(this.#asks, push.a ?? [])
    return true
  }

  compare(compare: (bids: [string, string][], asks: [string, string][]) => void): void {
    const byPrice = (side: ReadonlyMap<string, string>, sign: number): [string, string][] =>
      [...side].sort(([left], [right]) => sign * (Number(left) - Number(right)))
    compare(byPrice(this.#bids, -1), byPrice(this.#asks, 1))
  }
}

function set(side: Map<string, string>, levels: Levels): void {
  for (const [price, size] of levels) {
    if (Number(size) === 0) side.delete(price)
    else side.set(price, size)
  }
}
