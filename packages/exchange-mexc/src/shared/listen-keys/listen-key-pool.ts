import { StreamError } from '@tapewire/core'
import type { ManagerEnv, StrategyEnv } from '@tapewire/core/adapter'
import { AccountKeys, type ListenKeyLease, maxConnectionsPerKey } from './account-keys.js'
import type { ListenKeys } from './listen-keys.js'

/** Whose key it is: MEXC may name the same one to everybody who asks for this account. */
export interface ListenKeyAccount {
  readonly restUrl: string
  readonly apiKey: string
}

/** Accounts of which this process has listen keys, or is about to have some. */
const accounts = new Map<string, AccountKeys>()

/**
 * The listen keys of one set of strategies: asked for on each connection attempt, kept alive while connections use them, and given back. Sets of the same account share
 * what MEXC names to both: a key ends with the last connection that uses it, whoever's that is. Each set calls with its own signature, clock and proxy.
 */
export class ListenKeyPool {
  readonly #keys: ListenKeys
  readonly #account: string

  constructor(keys: ListenKeys, { restUrl, apiKey }: ListenKeyAccount) {
    this.#keys = keys
    this.#account = `${restUrl} ${apiKey}`
  }

  /** A key for one more connection. Rejects with `ERR_CONNECTION_LIMIT` where MEXC names none that can carry it, or as `ListenKeys.create`. */
  async lease(env: StrategyEnv): Promise<ListenKeyLease> {
    const account = this.#enter()
    try {
      const lease = (await account.lease(this.#keys, env)) ?? (await account.lease(this.#keys, env))
      if (lease !== null) return { ...lease, end: once(() => this.#leave(account, lease.end)) }
    } catch (thrown) {
      this.#leave(account)
      throw thrown
    }
    this.#leave(account)
    throw new StreamError('ERR_CONNECTION_LIMIT', `A listen key of MEXC carries ${maxConnectionsPerKey} connections.`, {
      hint: 'Close another private connection of this account first.',
    })
  }

  /** Gives back every key of the account that no connection uses any more. Resolves once what is on its way back has arrived, or is not waited for; never rejects. */
  async release(env: ManagerEnv): Promise<void> {
    const account = this.#enter()
    await account.release(this.#keys, env)
    this.#leave(account)
  }

  #enter(): AccountKeys {
    const account = accounts.get(this.#account) ?? new AccountKeys()
    accounts.set(this.#account, account)
    account.users += 1
    return account
  }

  #leave(account: AccountKeys, end: () => void = () => {}): void {
    end()
    account.users -= 1
    if (account.isIdle) accounts.delete(this.#account)
  }
}

function once(action: () => void): () => void {
  let isDone = false
  return () => {
    if (!isDone) action()
    isDone = true
  }
}
