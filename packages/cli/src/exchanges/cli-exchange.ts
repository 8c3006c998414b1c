import type { Credentials, ExchangeDefinition } from '@tapewire/core'
import type { CaptureResponse, VenueFactory } from '@tapewire/testkit'

/** What the command knows of one exchange. */
export interface CliExchange {
  readonly definition: ExchangeDefinition
  /** Loaded apart: only `demo` and `replay` need it. */
  readonly loadEmulation: () => Promise<ExchangeEmulation>
}

/** An exchange from the server's side. */
export interface ExchangeEmulation {
  /** The whole exchange over a simulated market, its account busy trading. */
  readonly venue: VenueFactory
  /** What opens that account. */
  readonly credentials: Credentials
  /** Answers a client as an exchange that accepts everything: recorded acknowledgements carry request ids nobody waits for. */
  readonly acknowledge: (message: string | Buffer) => readonly (string | Buffer)[]
  /** REST answers without which no account connection is made; captures rarely hold them. */
  readonly accountResponses: readonly Pick<CaptureResponse, 'url' | 'status' | 'body'>[]
}
