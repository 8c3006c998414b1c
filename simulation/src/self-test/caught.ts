/** By what a mutation was caught. */
export interface Caught {
  readonly watch: string
  readonly what: string
  readonly seed: number
  /** Seeds it took. */
  readonly seeds: number
}
