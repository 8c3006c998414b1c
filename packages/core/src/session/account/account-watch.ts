import { StreamError } from '../../errors/stream-error.js'
import type { Instrument } from '../../model/instrument.js'
import type { FeedMessage } from '../../model/message.js'
import { MessageType } from '../../model/message-type.js'
import type { AccountLook, ListedExecution } from '../../strategy/account-look.js'
import type { ManagerEnv } from '../../strategy/env.js'
import { RegularLook } from './regular-look.js'

/** What an account is watched with, and who hears of what is found. */
export interface AccountWatchParts {
  readonly look: AccountLook
  readonly env: ManagerEnv
  /** Whether the session has a stream that tells executions of this instrument, acknowledged. */
  brings(instrument: Instrument): boolean
  /** Whether messages wait to be delivered: nobody knows yet what they tell. */
  isBehind(): boolean
  /** The streams have fallen silent (`ERR_ACCOUNT_SILENT`), or the API key is not accepted any more. */
  onLost(error: StreamError): void
}

/** Executions that are remembered as told; more than an exchange lists at once. */
const remembered = 2_000

/**
 * Holds what a session was told of executions to what REST lists. What REST lists in the first look of a connection, or after its streams have changed, is the past; what it lists later must
 * have been told. One look proves nothing, since a message may be on its way: an execution must be missing in two. Only ids are compared, and no clock.
 */
export class AccountWatch {
  readonly #parts: AccountWatchParts
  readonly #told = new Set<string>()
  /** Executions that need not have been told; null until the first look. */
  #past: ReadonlySet<string> | null = null
  /**
   * Whether a missing execution counts: not again after it was acted upon, until one has come by both ways. An exchange whose streams leave some out for good would have its connection
   * replaced for ever.
   */
  #isTrusted = true
  #look: RegularLook | null = null

  constructor(parts: AccountWatchParts) {
    this.#parts = parts
  }

  /** A message is about to be delivered. */
  note({ type, data }: FeedMessage): void {
    if (type !== MessageType.Trade) return
    this.#told.add(data.id)
    if (this.#told.size <= remembered) return
    const [oldest] = this.#told
    if (oldest !== undefined) this.#told.delete(oldest)
  }

  /** The connection is up, and everything is asked for. */
  begin(): void {
    this.end()
    const { look, env, onLost } = this.#parts
    this.#look = new RegularLook({
      env,
      intervalMs: look.intervalMs,
      look: async (lookEnv) => this.#missing(await look.latestExecutions(lookEnv)),
      onFound: (ids) => {
        this.#isTrusted = false
        // What was told before says nothing of the streams that follow.
        this.#told.clear()
        onLost(silent(ids.length))
      },
      onRefused: onLost,
    })
    this.#look.start()
  }

  /** As `RegularLook.lookNow`. */
  async lookNow(): Promise<void> {
    await this.#look?.lookNow()
  }

  /** Other streams are there than before: what happened until now need not have been told. */
  startOver(): void {
    this.#past = null
  }

  /** The connection has ended. */
  end(): void {
    this.#look?.stop()
    this.#look = null
    this.#past = null
  }

  /** The executions that should have been told and were not. */
  #missing(listed: readonly ListedExecution[]): readonly string[] {
    const { brings, isBehind } = this.#parts
    if (isBehind()) return []
    const past = this.#past
    if (listed.some(({ id }) => this.#told.has(id))) this.#isTrusted = true
    const isMissing = ({ id, instrument }: ListedExecution): boolean =>
      past !== null && !past.has(id) && !this.#told.has(id) && brings(instrument)
    const missing = this.#isTrusted ? listed.filter(isMissing).map(({ id }) => id) : []
    const isMissed = new Set(missing)
    this.#past = new Set(listed.map(({ id }) => id).filter((id) => !isMissed.has(id)))
    return missing
  }
}

function silent(count: number): StreamError {
  return new StreamError('ERR_ACCOUNT_SILENT', 'The account has executions that its streams did not tell.', {
    context: { Executions: count },
    hint: 'Nothing has to be done: the connection is made anew. What happened meanwhile was not told.',
  })
}
