import { type CaptureResponse, captureRecords, readCapture } from '@tapewire/testkit'
import { readContent } from '../../captures/capture-content.js'
import { CliError } from '../../cli-error.js'
import type { CommandContext } from '../../command-context.js'
import { preferredChannel } from '../../exchanges/channels-of.js'
import { emulatedEndpoints } from '../../exchanges/emulated-endpoints.js'
import { findEmulation } from '../../exchanges/find-emulation.js'
import { resolveGuest } from '../../exchanges/resolve-guest.js'
import { MessageTally } from '../../messages/message-tally.js'
import type { ExchangeFlags } from '../../options/exchange-options.js'
import { bookFaultText } from './book-fault-text.js'
import { type PartJob, playPart } from './play-part.js'
import { replaySummary, summaryText } from './replay-summary.js'
import type { ReplayedBooks } from './replayed-books.js'

export interface ReplayFlags extends ExchangeFlags {
  readonly exchange: string
  readonly rest?: string
  readonly speed: number | 'max'
  readonly books?: true
  readonly json?: true
}

/** Plays a capture and prints what arrived. Rejects with `ERR_NOTHING_TO_REPLAY`, `ERR_NO_EMULATION`, `ERR_REPLAY_INCOMPLETE`, or as `readCapture`. */
export async function replayCapture(context: CommandContext, file: string, flags: ReplayFlags): Promise<void> {
  const definition = await resolveGuest(context, flags.exchange, flags.package)
  const capture = await readCapture(file)
  const content = readContent(capture.frames, definition)
  const { market, account, frames } = content
  if (market === null && account === null) {
    throw new CliError(
      'ERR_NOTHING_TO_REPLAY',
      `${file}: none of its ${frames} inbound frames carries data of ${definition.name}.`,
      'Check --exchange; tapewire decode shows what each frame says.',
    )
  }
  const emulation = await findEmulation(flags.exchange, flags.package)
  const rest = [...(flags.rest === undefined ? capture.responses : await responsesOf(flags.rest))]
  const tally = new MessageTally()
  let books: ReplayedBooks | null = null
  const onBooks = (replayed: ReplayedBooks): void => {
    books = replayed
  }
  const jobs: PartJob[] = []
  if (market !== null) {
    const { candleIntervals } = market
    const candles = candleIntervals.length === 0 ? {} : { candleIntervals }
    jobs.push({
      part: market,
      rest,
      books: capture.books,
      connect: (server) => definition.public({ ...emulatedEndpoints(definition, server), ...candles }),
    })
  }
  const { credentials } = emulation
  if (account !== null && definition.private !== undefined && credentials !== null) {
    const connect = definition.private.bind(definition)
    jobs.push({
      part: account,
      rest: [...rest, ...emulation.accountResponses],
      books: [],
      connect: (server) => connect(credentials, emulatedEndpoints(definition, server)),
    })
  }
  // Any but that of the books, where there is one.
  const fenceChannel = preferredChannel(definition, ['trades', 'book_ticker', 'ticker'])
  const pace = flags.speed === 'max' ? 'as fast as it goes' : `at ${flags.speed} times the recorded pace`
  if (flags.json !== true) context.note(`Playing ${frames} frames of ${definition.title} ${pace}.`)
  await playAll(
    jobs,
    (job, signal) =>
      playPart(job, {
        emulation,
        speed: flags.speed,
        tally,
        signal,
        onError: (error) => context.warn(error),
        onBookEvent: (event) => {
          const text = bookFaultText(event)
          if (text !== null) context.note(text)
        },
        books: flags.books === true && fenceChannel !== undefined ? { fenceChannel, onBooks } : null,
      }),
    context.signal,
  )
  const summary = replaySummary(frames, tally, books)
  await context.out.line(flags.json === true ? JSON.stringify(summary) : summaryText(summary))
}

/** Plays the parts side by side. One that fails ends the other. */
async function playAll(
  jobs: readonly PartJob[],
  play: (job: PartJob, signal: AbortSignal) => Promise<void>,
  interrupted: AbortSignal,
): Promise<void> {
  const failed = new AbortController()
  const signal = AbortSignal.any([interrupted, failed.signal])
  await Promise.allSettled(
    jobs.map((job) =>
      play(job, signal).catch((thrown) => {
        failed.abort(thrown)
        throw thrown
      }),
    ),
  )
  signal.throwIfAborted()
}

async function responsesOf(file: string): Promise<readonly CaptureResponse[]> {
  const responses: CaptureResponse[] = []
  for await (const record of captureRecords(file)) if (record.kind === 'response') responses.push(record)
  return responses
}
