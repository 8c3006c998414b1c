import {
  ConnectionState,
  type FeedMessage,
  type InitializeRequest,
  WebSocketManager,
  type WebSocketStrategySet,
} from '@tapewire/core'
import type { CommandContext } from '../../command-context.js'
import { messageRecord } from '../../messages/message-json.js'
import { messageLine } from '../../messages/message-text.js'
import { untilOver } from '../../wait.js'
import { gapText } from './gap-text.js'
import { SilenceNotes } from './silence-notes.js'

interface StreamJob {
  readonly strategies: WebSocketStrategySet
  readonly request: InitializeRequest
  /** Null streams until Ctrl-C. */
  readonly durationMs: number | null
  readonly isJson: boolean
}

/** Prints messages until the time is up or Ctrl-C, at the pace of whoever reads them. Rejects where the connection cannot be made or is given up. */
export async function streamMessages(context: CommandContext, job: StreamJob): Promise<void> {
  const format = formatterFor(context, job.isJson)
  const lost = new AbortController()
  let isEnding = false
  const over = AbortSignal.any([context.signal, lost.signal])
  const silence = new SilenceNotes((text) => {
    if (!isEnding) context.note(text)
  })
  const manager = new WebSocketManager({
    strategies: job.strategies,
    onMessage: (message) => context.out.line(format(message)),
    onError: (error) => {
      if (error.code === 'ERR_RECONNECT_EXHAUSTED') lost.abort(error)
      else context.warn(error)
    },
    onGap: (gap) => {
      // Those that the end of the command leaves are no news.
      if (!isEnding) context.note(gapText(gap))
    },
    onStreamState: silence.onState,
    onConnectionState: ({ connectionId, state, previous, error, attempt, delayMs }) => {
      const reason = error === null ? '' : ` (${error.code})`
      const next =
        delayMs === null ? '' : `, attempt ${attempt} ${delayMs === 0 ? 'at once' : `in ${formatDelay(delayMs)}`}`
      if (previous === ConnectionState.Reconnecting || state === ConnectionState.Reconnecting) {
        context.note(`${connectionId} ${state}${reason}${next}`)
      }
    },
  })
  try {
    // Refused streams are a warning as long as others are left.
    await manager.initialize({ ...job.request, onRefused: 'continue', signal: over })
    await untilOver(job.durationMs, over)
    lost.signal.throwIfAborted()
  } catch (thrown) {
    if (!context.signal.aborted) throw thrown
  } finally {
    isEnding = true
    await manager.close()
  }
}

function formatterFor({ palette }: CommandContext, isJson: boolean): (message: FeedMessage) => string {
  if (!isJson) return (message) => messageLine(message, palette)
  return (message) => {
    const { receivedAt, backfilled } = message
    return JSON.stringify({ ...messageRecord(message), receivedAt, ...(backfilled === true ? { backfilled } : {}) })
  }
}

/** `250 ms`, `3.2 s`. */
function formatDelay(delayMs: number): string {
  return delayMs < 1_000 ? `${Math.ceil(delayMs)} ms` : `${(delayMs / 1_000).toFixed(1)} s`
}
