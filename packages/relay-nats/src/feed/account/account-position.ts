import { StoredPosition } from '../stored/stored-position.js'
import { AccountOwners } from './account-owners.js'

/** How far a consumer has come with one channel of an account, over all its connections. */
export class AccountPosition extends StoredPosition {
  /** The greatest epoch that was read: what an older one still says of the stream is out of date. */
  epoch = 0
  /** The epoch of the relay that published it before anything was read. */
  answeredEpoch = 0
  /** Who publishes it, as far as is known. */
  readonly owners: AccountOwners = new AccountOwners()
  /** Whether the last of them has ended, and no other was heard of yet. */
  isAway = false

  /** The epoch that what is read follows on to; 0 where nothing is known of any. */
  get known(): number {
    return this.epoch === 0 ? this.answeredEpoch : this.epoch
  }
}
