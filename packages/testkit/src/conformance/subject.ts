import type { AnyExchangeDefinition } from '@tapewire/core'
import type { ExchangeEmulation } from '../venue/exchange-emulation.js'

/** What is checked, and what it can be checked with. */
export interface Subject {
  readonly exchange: AnyExchangeDefinition
  /** The exchange from the server's side, as the package's `./testing` entry exports it; without it nothing is compared with the truth. */
  readonly venue?: ExchangeEmulation | null
  /** Files of recorded traffic, each of one session. */
  readonly captures?: readonly string[]
  /** The folder of the package, for the checks of what is published. */
  readonly packageFolder?: string | null
}
