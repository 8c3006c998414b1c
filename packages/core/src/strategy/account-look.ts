import type { Instrument } from '../model/instrument.js'
import type { StrategyEnv } from './env.js'

/** One own execution, as REST tells it. */
export interface ListedExecution {
  /** The same as `id` of its message on the channel `executions`. */
  readonly id: string
  readonly instrument: Instrument
}

/**
 * How an account's streams are held to what REST says of the account: an execution that REST lists, and that a stream which should have told it did not tell, is the one sign there is of
 * streams that fell silent while their socket is open.
 */
export interface AccountLook {
  /** Time between looks, ms; up to a quarter more by chance; 0 never. */
  readonly intervalMs: number
  /** The account's latest executions, in any order and of any market; 100 or so are enough. Rejects as `callRest`: then nobody can say. */
  latestExecutions(env: StrategyEnv): Promise<readonly ListedExecution[]>
}
