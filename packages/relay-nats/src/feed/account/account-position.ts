import { ReadMemory } from '../../stored/read-memory.js'
import { AccountOwners } from './account-owners.js'

/** How far a consumer has come with one channel of an account, over all its connections. */
export class AccountPosition {
  readonly memory: ReadMemory = new ReadMemory()
  /** The greatest epoch that was read: what an older one still says of the stream is out of date. */
  epoch = 0
  /** The epoch of the relay that published it before anything was read. */
  answeredEpoch = 0
  /** Who publishes it, as far as is known. */
  readonly owners: AccountOwners = new AccountOwners()
  /** Whether the last of them has ended, and no other was heard of yet. */
  isAway = false
  #hasHole = false

  /** The epoch that what is read follows on to; 0 where nothing is known of any. */
  get known(): number {
    return this.epoch === 0 ? this.answeredEpoch : this.epoch
  }

  /** Something of the stream is missing for good. */
  noteHole(): void {
    this.#hasHole = true
  }

  /** Whether something is missing since this was asked last. */
  takeHole(): boolean {
    const hasHole = this.#hasHole
    this.#hasHole = false
    return hasHole
  }
}
