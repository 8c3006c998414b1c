import { WebSocketManager } from '@tapewire/core'
import { CaptureWriter } from '@tapewire/testkit'
import { formatByteSize } from '../../byte-size.js'
import { CliError } from '../../cli-error.js'
import type { CommandContext } from '../../command-context.js'
import { type ServedMetrics, serveMetrics } from '../../metrics-server/serve-metrics.js'
import { FeedNotes } from '../../notes/feed-notes.js'
import { untilOver } from '../../wait.js'
import { areBooksLive, ControlFrames, liveBooks } from './part-beginning.js'
import { PartNames } from './part-names.js'
import type { FeedPlan } from './plan-feeds.js'
import type { RecordFlags } from './record-flags.js'
import { Recording } from './recording.js'

/** What waits for the disk at most. */
const maxBufferedBytes = 64 * 1024 * 1024

/** A feed that is being recorded. */
interface RecordedFeed {
  readonly manager: WebSocketManager
  readonly control: ControlFrames
}

/**
 * Records these feeds until the time is up or Ctrl-C. Rejects where a connection cannot be made or is given up, with `ERR_CAPTURE_UNWRITABLE` where the files cannot be written, and with
 * `ERR_RECORDING_INCOMPLETE` where frames were dropped because the disk was too slow. What was recorded until then is complete and stays, but for what could not be written.
 */
export async function recordFeeds(
  context: CommandContext,
  plans: readonly FeedPlan[],
  flags: RecordFlags,
): Promise<void> {
  const { out, rotateSize, rotateEvery, duration, json } = flags
  const names = new PartNames(out, rotateSize !== undefined || rotateEvery !== undefined)
  const notes = new FeedNotes(context)
  const failed = new AbortController()
  const over = AbortSignal.any([context.signal, notes.lost.signal, failed.signal])
  const feeds: RecordedFeed[] = []
  const recording = new Recording({
    rotateBytes: rotateSize ?? null,
    rotateMs: rotateEvery ?? null,
    maxBufferedBytes,
    open: () => {
      const path = names.next()
      return { path, writer: new CaptureWriter(path, (error) => failed.abort(error)) }
    },
    begin: () => ({
      control: feeds.flatMap(({ control }) => control.all),
      books: feeds.flatMap(({ manager }) => liveBooks(manager)),
    }),
    isReady: () => feeds.every(({ manager }) => areBooksLive(manager)),
    onPart: ({ path, frames, responses, bytes }) =>
      context.note(`${path}: ${frames} frames, ${responses} REST answers, ${formatByteSize(bytes)}`),
    onDrop: () => context.note('The disk does not keep up: frames are dropped.'),
  })
  let isRefused = false
  try {
    await recording.opened()
    const serve: RecordJob['serve'] = (managers) => serveMetrics(context, managers, flags)
    await record(plans, { recording, notes, feeds, durationMs: duration ?? null, over, serve })
    failed.signal.throwIfAborted()
    notes.lost.signal.throwIfAborted()
  } catch (thrown) {
    isRefused = !over.aborted
    throw thrown
  } finally {
    await finish(context, recording, failed.signal, isRefused)
  }
  const { parts, frames, responses, dropped } = recording
  if (json === true) await context.out.line(JSON.stringify({ files: parts, frames, responses, dropped }))
  if (dropped === 0) return
  throw new CliError(
    'ERR_RECORDING_INCOMPLETE',
    `${dropped} frames and answers were dropped, because the disk was too slow.`,
    'Record fewer instruments, or to a faster disk; with gzip (.jsonl.gz) there is less to write.',
  )
}

interface RecordJob {
  readonly recording: Recording
  readonly notes: FeedNotes
  readonly feeds: RecordedFeed[]
  readonly durationMs: number | null
  readonly over: AbortSignal
  /** Serves the metrics of these, where that is asked for. */
  serve(managers: ReadonlyMap<WebSocketManager, string>): Promise<ServedMetrics>
}

async function record(plans: readonly FeedPlan[], job: RecordJob): Promise<void> {
  const { recording, notes, feeds, over } = job
  const { onError, onGap, onStreamState, onConnectionState, onAlert } = notes
  // What a failed write throws has ended the recording already: `over` knows.
  const unlessFailed = (write: () => void): void => {
    if (!over.aborted) write()
  }
  for (const { name, strategies } of plans) {
    const control = new ControlFrames(strategies.messageParser)
    const manager = new WebSocketManager({
      strategies,
      onFrame: (frame) => {
        unlessFailed(() => recording.frame({ frame, feed: name }))
        control.note(frame, name)
      },
      onResponse: (response) => unlessFailed(() => recording.response(response)),
      onError,
      onGap,
      onStreamState,
      onAlert,
      onConnectionState,
    })
    feeds.push({ manager, control })
  }
  let served: ServedMetrics | null = null
  try {
    served = await job.serve(new Map(plans.map(({ name }, index) => [(feeds[index] as RecordedFeed).manager, name])))
    // Refused streams are a warning as long as others are left.
    await Promise.all(
      plans.map(({ request }, index) =>
        feeds[index]?.manager.initialize({ ...request, onRefused: 'continue', signal: over }),
      ),
    )
    await untilOver(job.durationMs, over)
  } catch (thrown) {
    if (!over.aborted) throw thrown
  } finally {
    notes.end()
    await Promise.all(feeds.map(({ manager }) => manager.close()))
    await served?.close()
  }
}

/**
 * Completes the files, or says what is left of them. Of a recording that was refused before it began nothing is left, or a second attempt would find its file there. Never rejects where
 * the recording has failed already: why is told.
 */
async function finish(
  context: CommandContext,
  recording: Recording,
  failed: AbortSignal,
  isRefused: boolean,
): Promise<void> {
  if (failed.aborted) {
    await recording.close().catch(() => {})
    if (recording.frames > 0) context.note('What could be written until then is in the files that end in .part.')
    else await recording.discard()
    return
  }
  if (recording.frames === 0 || isRefused) await recording.discard()
  else await recording.close()
}
