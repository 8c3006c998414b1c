import type { ScenarioTable } from '../scenario.js'
import type { Machine } from './machine.js'

/** One scenario's results, with all that is needed to judge and repeat them. */
export interface ScenarioResult extends ScenarioTable {
  readonly scenario: string
  readonly title: string
  readonly runs: number
  readonly seconds: number
  /** ISO 8601. */
  readonly date: string
  readonly command: string
  readonly machine: Machine
}
