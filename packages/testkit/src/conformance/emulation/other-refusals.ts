import { type Instrument, type PublicChannel, type Stream, SubscriptionError } from '@tapewire/core'
import { FeedTrial, streamsAtVenue } from '../lab/feed-trial.js'
import type { Lab } from '../lab/lab.js'
import { StreamPattern } from '../lab/stream-pattern.js'

/** Longer than answers may take, ms. */
const answersMs = 60_000

/**
 * A stream that the adapter has understood to be refused, and that is not: one that the emulation carries all the same, or one of another market than the one that is refused. Null
 * where there is none. Which of the two is wrong only the exchange's documentation tells.
 */
export async function otherRefusals(lab: Lab): Promise<string | null> {
  if (!lab.tellsStreams) return null
  const [market] = lab.instruments
  const refusable = lab.canControl('refusePair') && market !== undefined ? [null, market] : [null]
  for (const refused of refusable) {
    for (const channel of lab.publicChannels) {
      const contradicted = await carriedAndRefused(lab, channel, refused)
      if (contradicted === null) continue
      return `${contradicted.id} is understood to be refused where ${refused === null ? 'nothing' : `${refused.name} alone`} is: the answer of the emulation is misread, or says what is not so`
    }
  }
  return null
}

async function carriedAndRefused(lab: Lab, channel: PublicChannel, refused: Instrument | null): Promise<Stream | null> {
  const stage = lab.stage({ levels: 8 })
  if (refused !== null) stage.control.refusePair(refused)
  const trial = new FeedTrial(lab, stage, { channels: [channel] })
  const error = await trial.rejection(trial.manager.initialize(trial.request), 'initialize() should settle', answersMs)
  if (!(error instanceof SubscriptionError)) return null
  const told = new Set(error.rejected.map(({ streamId }) => streamId))
  const carried = streamsAtVenue(stage)
  const planned = lab
    .publicSet()
    .subscriptionStrategy.plan({ channel, instruments: lab.instruments, candleIntervals: null })
  const isCarried = (stream: Stream): boolean => carried.some((name) => new StreamPattern(stream).test(name))
  // Where one market is refused, none of another can be.
  const isOther = ({ instrument }: Stream): boolean => refused !== null && instrument !== null && instrument !== refused
  return planned.find((stream) => told.has(stream.id) && (isOther(stream) || isCarried(stream))) ?? null
}
