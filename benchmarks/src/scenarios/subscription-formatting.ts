import { interleave } from '../measure/interleave.js'
import type { Build } from '../processes/build.js'
import { Child } from '../processes/child.js'
import type { FormatCommand, FormatReport } from '../processes/format-process.js'
import type { Column, Scenario } from '../scenario.js'

const cases: readonly Pick<FormatCommand, 'venue' | 'channel'>[] = [
  { venue: 'gateio', channel: 'book_ticker' },
  { venue: 'gateio', channel: 'trades' },
  { venue: 'gateio', channel: 'orderbook' },
  { venue: 'mexc', channel: 'book_ticker' },
  { venue: 'mexc', channel: 'trades' },
  { venue: 'mexc', channel: 'orderbook' },
]

/** Streams in one subscription. */
const streams = 100

const columns: readonly Column[] = [
  { key: 'formatNs', title: 'messages composed, ns a stream', decimals: 0 },
  { key: 'planNs', title: 'streams planned, ns a stream', decimals: 0 },
  { key: 'byHandNs', title: 'one JSON.stringify by hand, ns a stream', decimals: 0 },
]

/** Composing what is sent to subscribe. */
export const subscriptionFormatting: Scenario = {
  name: 'subscription-formatting',
  title: `Subscribing: from ${streams} pairs to the messages that ask for them`,
  comparedBy: ['formatNs', 'planNs'],
  async run(options) {
    const contestants = cases.map(({ venue, channel }) => ({
      label: `${venue} ${channel}`,
      missing: null,
      isOurs: true,
      measure: (build: Build) =>
        measure({ kind: 'format', venue, channel, streams, seconds: options.seconds / 6 }, build),
    }))
    return {
      columns,
      rows: await interleave(contestants, options),
      notes: [
        'Composed messages are split and batched to the exchange’s limits, and remember which streams they are about. By hand: one request with all pairs in it, which the ' +
          'channels that take one pair a request, and MEXC’s 30 streams, would not accept.',
      ],
    }
  },
}

async function measure(command: FormatCommand, build: Build): Promise<Record<string, number>> {
  const child = new Child<FormatCommand, FormatReport>('format-process', { build })
  try {
    child.send(command)
    const { formatNs, planNs, byHandNs } = await child.next('formatted')
    return { formatNs, planNs, byHandNs }
  } finally {
    await child.end()
  }
}
