import type { Watch } from '../world/watch.js'
import type { World } from '../world/world.js'
import { TrueAccount } from './account.js'
import { BoundedRing, NothingLeft } from './bounds.js'
import { CountedAttempts } from './counted-attempts.js'
import { PoliteClient } from './polite-client.js'
import { SilentSockets } from './silent-sockets.js'
import { SubscribedOnce } from './subscribed-once.js'
import { ToldLosses } from './told-losses.js'
import { NoFaults, ToldStates } from './told-states.js'
import { TrueBooks } from './true-books.js'

/** Everything that must hold in every run. */
export function allWatches(world: World): readonly Watch[] {
  return [
    new NoFaults(world),
    new SilentSockets(world),
    new ToldLosses(world),
    new TrueBooks(world),
    new ToldStates(world),
    new SubscribedOnce(world),
    new CountedAttempts(world),
    new PoliteClient(world),
    new BoundedRing(world),
    new TrueAccount(world),
    new NothingLeft(world),
  ]
}
