import type { ListLayout, SlotRange } from './layout.js'

/** What has been read, by slot. */
export interface Registers {
  /** Numbers, the index of a choice, 1 and 0 for flags; NaN where there is none. */
  readonly numbers: Float64Array
  /** Windows of texts and whole numbers, and of items among those of a list; -1 where they are absent. */
  readonly starts: Int32Array
  readonly ends: Int32Array
  readonly levels: (readonly number[])[]
  /** The same levels as they were sent, where that is kept. */
  readonly digits: (readonly string[])[]
  /** The items of each list. */
  readonly lists: readonly ItemStore[]
}

export function createRegisters(slotCount: number, lists: readonly ListLayout[]): Registers {
  const registers = {
    numbers: new Float64Array(slotCount),
    starts: new Int32Array(slotCount),
    ends: new Int32Array(slotCount),
    levels: Array.from({ length: slotCount }, () => []),
    digits: Array.from({ length: slotCount }, () => []),
  }
  return { ...registers, lists: lists.map((list) => new ItemStore(registers, list)) }
}

/** Says that there is nothing in some slots. */
export function clearSlots({ numbers, starts }: Registers, { first, behind }: SlotRange): void {
  numbers.fill(Number.NaN, first, behind)
  starts.fill(-1, first, behind)
}

/** Memory for more values than this is given back: one huge frame must not hold it for ever. */
const maxKeptValues = 64 * 1024

/** The items of a list: each is read into the same slots, kept here, and put back into them when it is asked for. */
export class ItemStore {
  readonly #registers: Omit<Registers, 'lists'>
  readonly #first: number
  readonly #width: number
  readonly #levelSlots: readonly number[]
  #numbers = new Float64Array(0)
  #starts = new Int32Array(0)
  #ends = new Int32Array(0)
  #levels: (readonly number[])[] = []
  #digits: (readonly string[])[] = []
  #count = 0

  constructor(registers: Omit<Registers, 'lists'>, { itemSlots, levelSlots }: ListLayout) {
    this.#registers = registers
    this.#first = itemSlots.first
    this.#width = itemSlots.behind - itemSlots.first
    this.#levelSlots = levelSlots
  }

  /** How many items have been kept since they were cleared. */
  get count(): number {
    return this.#count
  }

  clear(): void {
    this.#count = 0
    if (this.#numbers.length > maxKeptValues) this.#grow(0)
  }

  /** Keeps the item that the slots hold. */
  add(): void {
    const { numbers, starts, ends, levels, digits } = this.#registers
    const base = this.#count * this.#width
    if (base + this.#width > this.#numbers.length) this.#grow(2 * base + 8 * this.#width)
    for (let index = 0; index < this.#width; index += 1) {
      const slot = this.#first + index
      this.#numbers[base + index] = numbers[slot] as number
      this.#starts[base + index] = starts[slot] as number
      this.#ends[base + index] = ends[slot] as number
    }
    for (const slot of this.#levelSlots) {
      this.#levels[base + slot - this.#first] = levels[slot] as readonly number[]
      this.#digits[base + slot - this.#first] = digits[slot] as readonly string[]
    }
    this.#count += 1
  }

  /** Puts an item, counted from 0, back into the slots. */
  show(item: number): void {
    const { numbers, starts, ends, levels, digits } = this.#registers
    const base = item * this.#width
    for (let index = 0; index < this.#width; index += 1) {
      const slot = this.#first + index
      numbers[slot] = this.#numbers[base + index] as number
      starts[slot] = this.#starts[base + index] as number
      ends[slot] = this.#ends[base + index] as number
    }
    for (const slot of this.#levelSlots) {
      levels[slot] = this.#levels[base + slot - this.#first] as readonly number[]
      digits[slot] = this.#digits[base + slot - this.#first] as readonly string[]
    }
  }

  #grow(length: number): void {
    const [numbers, starts, ends] = [this.#numbers, this.#starts, this.#ends]
    this.#numbers = new Float64Array(length)
    this.#starts = new Int32Array(length)
    this.#ends = new Int32Array(length)
    if (length === 0) {
      this.#levels = []
      this.#digits = []
      return
    }
    this.#numbers.set(numbers)
    this.#starts.set(starts)
    this.#ends.set(ends)
  }
}
