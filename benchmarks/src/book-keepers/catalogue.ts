import type { PeerName } from '../subjects/peers.js'
import type { CreateBookKeeper } from './book-keeper.js'

/** What scenarios and processes call a keeper of books. */
export type BookKeeperName = 'tapewire' | 'by-hand' | 'ccxt'

interface Entry {
  /** As the report names it. */
  readonly label: string
  /** What must be installed for it. */
  readonly peer: PeerName | null
  /** Whether it is made of this repository's packages. */
  readonly isOurs?: true
  /** Loaded in a process of its own, and nothing else with it. */
  load(): Promise<CreateBookKeeper>
}

export const bookKeepers: Readonly<Record<BookKeeperName, Entry>> = {
  tapewire: { label: 'tapewire', peer: null, isOurs: true, load: async () => (await import('./tapewire.js')).tapewire },
  'by-hand': {
    label: 'JSON.parse + sorted arrays by hand',
    peer: null,
    load: async () => (await import('./by-hand.js')).byHand,
  },
  ccxt: { label: 'ccxt', peer: 'ccxt', load: async () => (await import('./ccxt.js')).ccxt },
}
