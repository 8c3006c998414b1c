/** What a scan has read, by slot. */
export interface Registers {
  /** Numbers, the index of a choice, 1 and 0 for flags; NaN where there is none. */
  readonly numbers: Float64Array
  /** Windows of texts and whole numbers; -1 where they are absent. */
  readonly starts: Int32Array
  readonly ends: Int32Array
  readonly levels: (readonly number[])[]
}
