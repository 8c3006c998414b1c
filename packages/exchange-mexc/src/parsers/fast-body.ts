import type { Instrument, ParsedMessage, ProtoDeclaration, ProtoShape } from '@tapewire/core'
import type { PushOrigin } from './push-origin.js'

/** One kind of body as the fast decoder reads it: its declaration, and what becomes of it. */
export interface FastBody<Subject = Instrument> {
  /** Its field number in the push. */
  readonly field: number
  /** The wire channel it belongs to: `aggre.depth` of `spot@public.aggre.depth.v3.api.pb`. */
  readonly channel: string
  readonly shape: ProtoShape<ProtoDeclaration>
  /** Whether its messages are quotes, of which repeats may be dropped. */
  readonly isQuote: boolean
  /** What the body that `shape` has scanned last says of its subject, the pair of the push; null for one that the reference decoder is to judge. */
  readonly read: (origin: PushOrigin, subject: Subject) => ParsedMessage | readonly ParsedMessage[] | null
}
