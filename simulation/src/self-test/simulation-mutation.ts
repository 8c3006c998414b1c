import type { Mutation } from 'tapewire-mutants'
import type { Told } from '../script/compose-script.js'

/** One way to break the code that seeds have to notice. */
export interface SimulationMutation extends Mutation {
  /** Where seeds of one exchange or side alone can show it. */
  readonly told?: Told
}
