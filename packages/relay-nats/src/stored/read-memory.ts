import { SeenIds } from './seen-ids.js'

/** Ids of records that are remembered: more than an account tells while a relay is away for long, or stalled. */
const rememberedIds = 65_536

/** What a consumer has read of one subject, over all its connections: where to go on, and what came already. */
export class ReadMemory {
  /** The place of the next record to tell; null where none was told and no start is known yet. */
  next: number | null = null
  /** The place of the first record that is not to be told any more; null where there is no end, or it is not known yet. */
  end: number | null = null
  /** Whether everything before that end was told. */
  isFinished = false
  /** When the JetStream stream was made that it is read from, as the server says it. */
  created: string | null = null
  /** Records that came again, under the same id, and were not told again. */
  repeated = 0
  readonly ids: SeenIds = new SeenIds(rememberedIds)
}
