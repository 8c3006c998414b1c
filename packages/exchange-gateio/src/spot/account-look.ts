import { type AccountLook, type ListedExecution, type StrategyEnv, unusableAnswer } from '@tapewire/core/adapter'
import { gateioRest } from '../shared/errors.js'
import { idOf, isFields, optionalText } from '../shared/fields.js'
import type { SignedRest } from '../shared/rest.js'
import type { GateioSpotStreams } from './streams.js'

/** Own fills of every market, newest first. Source: Gate.io REST v4 docs, "Spot" (`GET /spot/my_trades`). */
const path = '/spot/my_trades'
const parameters = { limit: 100 }

/**
 * The account's latest executions. Gate.io documents no way in which a subscription ends without a word; that streams stall in an open socket is reported (gateio/gatews issue 40), and what
 * becomes of them when their API key is deleted is documented nowhere. So they are held to this list: our precaution.
 */
export class GateioSpotAccountLook implements AccountLook {
  readonly intervalMs: number
  readonly #rest: SignedRest
  readonly #streams: GateioSpotStreams

  /** `intervalMs` is the time between looks; 0 never. */
  constructor(intervalMs: number, rest: SignedRest, streams: GateioSpotStreams) {
    this.intervalMs = intervalMs
    this.#rest = rest
    this.#streams = streams
  }

  /** Rejects with `ERR_SIGNING_FAILED`, or as `callRest`. */
  async latestExecutions(env: StrategyEnv): Promise<readonly ListedExecution[]> {
    const rows = await this.#rest.get(path, parameters, env)
    if (!Array.isArray(rows)) throw unusableAnswer(gateioRest, `GET ${path}`, 'it lists no executions')
    return rows.flatMap((row) => this.#read(row))
  }

  /** A row that says neither which execution it is nor of which market proves nothing. */
  #read(row: unknown): readonly ListedExecution[] {
    if (!isFields(row)) return []
    const [id, wireSymbol] = [idOf(row.id), optionalText(row.currency_pair)]
    const instrument = wireSymbol === null ? null : this.#streams.instrumentOf(wireSymbol)
    return id === null || instrument === null ? [] : [{ id, instrument }]
  }
}
