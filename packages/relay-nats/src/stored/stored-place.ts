import { AckPolicy, DeliverPolicy, type JetStreamManager } from '@nats-io/jetstream'
import { StreamError } from '@tapewire/core'
import type { ReadMemory } from './read-memory.js'
import type { StoredEnd, StoredStart } from './stored-range.js'

/** What is to be read, as a reader has it. */
export interface PlaceOptions {
  readonly stream: string
  readonly start: StoredStart
  readonly end: StoredEnd | null
  readonly memory: ReadMemory
}

/** Records that are read before the start for their ids alone: what was told before a restart of this process is not told again, where it is stored twice. */
const lookBackRecords = 2_048

/** Sequence numbers of what is stored. */
export interface Place {
  /** The oldest that is stored, and the newest. */
  readonly firstSequence: number
  readonly lastSequence: number
  /** From where the server gives out, and from where of it is told. */
  readonly readFrom: number
  readonly tellFrom: number
  /** From where on records should have been told that are removed; null where there are none. */
  readonly lostFrom: number | null
}

/** Where a reader goes on, or begins. Notes in its memory where it is to end. Rejects as the server does, and with `ERR_SUBSCRIPTION_REJECTED` for an end that was not stored yet. */
export async function placeOf(manager: JetStreamManager, options: PlaceOptions): Promise<Place> {
  const { stream, memory, start, end } = options
  const { created, state } = await manager.streams.info(stream)
  const { first_seq: firstSequence, last_seq: lastSequence } = state
  // What was made anew, or has lost its end with a disk, counts from the start again: all of it is new.
  const isOther = memory.created !== null && memory.created !== created
  const isShorter = memory.next !== null && memory.next > lastSequence + 1
  memory.created = created
  if (memory.next !== null && (isOther || isShorter)) {
    const readFrom = Math.max(1, firstSequence)
    // What was to be read is not there any more.
    if (end !== null) memory.end = readFrom
    return { firstSequence, lastSequence, readFrom, tellFrom: readFrom, lostFrom: memory.next }
  }
  if (end !== null) memory.end ??= await endSequence(manager, stream, end, lastSequence)
  const known = memory.next
  const wanted = known ?? (await startSequence(manager, stream, start, lastSequence))
  const tellFrom = Math.max(1, firstSequence, wanted)
  // Of a time, nobody knows whether something of it was removed: that is its user's to know.
  const isPlace = known !== null || (typeof start === 'object' && 'sequence' in start)
  const lostFrom = isPlace && wanted < firstSequence ? wanted : null
  const readFrom = known ?? tellFrom - lookBackRecords
  return { firstSequence, lastSequence, readFrom: Math.max(1, firstSequence, readFrom), tellFrom, lostFrom }
}

async function startSequence(
  manager: JetStreamManager,
  stream: string,
  start: StoredStart,
  lastSequence: number,
): Promise<number> {
  if (start === 'new') return lastSequence + 1
  if (start === 'first') return 1
  return 'sequence' in start ? start.sequence : sequenceAt(manager, stream, start.time)
}

async function endSequence(
  manager: JetStreamManager,
  stream: string,
  end: StoredEnd,
  lastSequence: number,
): Promise<number> {
  if (end === 'last') return lastSequence + 1
  if ('time' in end) return Math.min(lastSequence + 1, await sequenceAt(manager, stream, end.time))
  if (end.sequence <= lastSequence + 1) return end.sequence
  throw new StreamError(
    'ERR_SUBSCRIPTION_REJECTED',
    `${stream} was to be read until ${end.sequence}, and what is stored last is ${lastSequence}.`,
    { hint: "Read until 'last', or leave the end out to go on with what comes." },
  )
}

/** The place of the first record that was stored at a time (epoch ms) or later. */
async function sequenceAt(manager: JetStreamManager, stream: string, time: number): Promise<number> {
  // A consumer that begins at a time says by itself which sequence that is.
  const { name, delivered } = await manager.consumers.add(stream, {
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.StartTime,
    opt_start_time: new Date(time).toISOString(),
    mem_storage: true,
  })
  await manager.consumers.delete(stream, name)
  return delivered.stream_seq + 1
}
