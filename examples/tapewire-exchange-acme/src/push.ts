import type { Stream } from '@tapewire/core'
import type { JsonDeclaration, JsonShape, ParsedMessage } from '@tapewire/core/adapter'

/** How the pushes of one channel are read. */
export interface PushReader {
  readonly shape: Pick<JsonShape<JsonDeclaration>, 'declaration' | 'scan' | 'load'>
  /** The message of the push that the shape has read last. */
  compose(stream: Stream, receivedAt: number): ParsedMessage
}
