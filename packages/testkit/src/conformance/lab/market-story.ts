import type { BookEvent, FeedMessage, Stream, StreamError, WebSocketStrategySet } from '@tapewire/core'
import type { OptionVariant } from '../../venue/exchange-emulation.js'
import { MarketTruth } from '../truth/market-truth.js'
import type { Lab } from './lab.js'
import type { RecordedFrame } from './recording.js'
import { candleWidthsOf, plannedStreams, type Wanted } from './wanted-streams.js'

/** What an adapter told of something that happened, as its user got it, and the frames it came in. */
export interface Story {
  /** For reports: `the emulation, depth 20`. */
  readonly source: string
  /** Every message in order, each with its frame as `raw`. */
  readonly messages: readonly FeedMessage[]
  readonly errors: readonly StreamError[]
  readonly wanted: Wanted
  /** The streams that were asked for, as the manager has them. */
  readonly planned: ReadonlySet<Stream>
  /** What went over each connection. */
  readonly connections: readonly (readonly RecordedFrame[])[]
  /** Strategies as those that told it, new ones each time. */
  readonly makeSet: () => WebSocketStrategySet
  /** Why its streams did not begin; null where they did. What came all the same is here. */
  readonly failure: unknown
  /** By the stage's clock, epoch ms. */
  readonly from: number
  readonly to: number
}

/** What was told of a market. */
export interface MarketStory extends Story {
  readonly truth: MarketTruth
  /** Of its books. */
  readonly gaps: readonly Extract<BookEvent, { readonly kind: 'gap' }>[]
}

/** So that windows of every width end while the story is told, a month and a week included: five seconds before a June that begins on a Monday. */
const startsAt = Date.UTC(2026, 4, 31, 23, 59, 55)
/** Before anybody listens: the market moves away from where it opened, so that a share of it can be told from a hundredth of it. */
const earlierSteps = { first: 6_000, variant: 2_000 } as const
/** What happens while it is told; of a variant, what it takes to see each payload often. */
const steps = { first: 320, variant: 120 } as const
const stepMs = 25
/** After the last step: as long as the slowest channels take. */
const afterMs = 4_000

const memory = 'market stories'

/** A market as told with each variant of the options, every public channel subscribed, with the default ones every candle width too. Made once a run; empty where there is no emulation. */
export function marketStories(lab: Lab): Promise<readonly MarketStory[]> {
  return lab.once(memory, async () => {
    if (lab.emulation === null || lab.publicChannels.length === 0) return []
    const stories: MarketStory[] = []
    for (const variant of lab.variants) stories.push(await tell(lab, variant, variant === lab.variants[0]))
    return stories
  })
}

/** Those of them that have been told in this run; none where no check has asked for them. */
export async function toldStories(lab: Lab): Promise<readonly MarketStory[]> {
  return (await lab.made<readonly MarketStory[]>(memory)) ?? []
}

async function tell(lab: Lab, { name, options }: OptionVariant, isFirst: boolean): Promise<MarketStory> {
  const makeSet = (): WebSocketStrategySet => lab.publicSet(options)
  const stage = lab.stage({ levels: 20 })
  const { market, clock } = stage
  await stage.pass(startsAt - clock.now())
  for (let step = 0; step < (isFirst ? earlierSteps.first : earlierSteps.variant); step += 1) market.step()
  const truth = new MarketTruth(market, clock.now())
  const from = clock.now()
  const set = makeSet()
  const widths = isFirst ? candleWidthsOf(set, lab) : []
  const wanted: Wanted = { channels: lab.publicChannels, candleIntervals: widths.length === 0 ? null : widths }
  const planned = new Set(plannedStreams(set, wanted, lab))
  const { manager, record } = stage.manager(set, { config: { includeRaw: true } })
  truth.lookAtCandles()
  const { channels, candleIntervals } = wanted
  const failure = await failureOf(
    stage.settled(
      manager.initialize({
        symbols: lab.instruments,
        channels,
        ...(candleIntervals === null ? {} : { candleIntervals }),
      }),
      'initialize() with every public channel should resolve',
    ),
  )
  for (let step = 0; step < (isFirst ? steps.first : steps.variant); step += 1) {
    truth.lookAtCandles()
    market.step()
    truth.lookAtCandles()
    await stage.pass(stepMs)
  }
  truth.lookAtCandles()
  await stage.pass(afterMs)
  truth.lookAtCandles()
  const to = clock.now()
  const connections = stage.venue.sessions.map(({ frames }) => frames)
  await stage.close()
  return {
    source: `the emulation, ${name}`,
    messages: record.messages,
    errors: record.errors,
    wanted,
    planned,
    connections,
    makeSet,
    failure,
    from,
    to,
    truth,
    gaps: record.books.filter((event) => event.kind === 'gap'),
  }
}

/** Why a story does not begin; null where it does. */
export async function failureOf(beginning: Promise<unknown>): Promise<unknown> {
  return beginning.then(
    () => null,
    (thrown: unknown) => thrown ?? new Error('a promise was rejected with nothing'),
  )
}
