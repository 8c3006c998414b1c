import { type Channel, type FeedMessage, MessageType } from '@tapewire/core'
import { traitsOf } from '@tapewire/core/adapter'
import type { ConformanceCheck } from '../../check.js'
import { type FailureDetails, fail } from '../../check-failure.js'
import { accountStory } from '../../lab/account-story.js'
import type { Lab } from '../../lab/lab.js'
import { marketStories, type Story } from '../../lab/market-story.js'
import { wholeMarketStories } from '../../lab/whole-stories.js'
import { parserFileOf } from '../../truth/comparison.js'
import { dataChannelOf, type Fault, kindFault } from '../../truth/message-faults.js'
import { rangeFault, relationFault } from '../../truth/range-faults.js'
import { toldOn } from '../../truth/told.js'

const area = { level: 'must', needs: ['venue'], docs: 'messages.md#messages' } as const

/** What is true of every message of data, whatever its channel. */
export const agreementChecks: readonly ConformanceCheck[] = [
  {
    ...area,
    id: 'payload.streams-begin',
    title:
      'every public channel begins for every market, with every variant of the options, and every channel of the account',
    file: 'connection.ts',
    docs: 'writing-an-adapter.md#strategy-1-the-connection',
    async run(lab) {
      for (const { failure, source, errors } of await stories(lab)) {
        if (failure === null) continue
        const words = failure instanceof Error ? failure.message : String(failure)
        fail(`the streams of ${source} do not begin: ${words}`, { expected: 'initialize() resolves', got: errors })
      }
    },
  },
  {
    ...area,
    id: 'payload.every-channel-is-told',
    title: 'every channel of the definition brings messages, of every market where it is of markets',
    file: 'parser.ts',
    docs: 'writing-an-adapter.md#the-definition',
    async run(lab) {
      for (const story of await begun(lab)) {
        for (const channel of story.wanted.channels) {
          const told = toldOn(story, channel)
          if (told.length === 0) {
            fail(`nothing was told on ${channel} (${story.source})`, {
              file: parserFileOf(channel),
              expected: `messages of ${channel}`,
              got: `messages of ${[...new Set(story.messages.map((message) => message.channel))].join(', ')}`,
            })
          }
          if (traitsOf(channel).scope === 'private') continue
          const markets = new Set(told.map(({ symbol }) => symbol))
          const silent = lab.instruments.filter((instrument) => !markets.has(instrument))
          if (silent.length > 0) {
            fail(`nothing was told on ${channel} of ${silent.map(({ name }) => name).join(', ')} (${story.source})`, {
              file: 'symbols.ts',
            })
          }
        }
      }
    },
  },
  {
    ...area,
    id: 'payload.fields-and-kinds',
    title: 'every message has the fields of its payload and no others, each of its kind: no NaN, nothing undefined',
    file: 'parser.ts',
    async run(lab) {
      await eachMessage(lab, (message, details) => {
        // The frame that was asked for is no part of what the parser said.
        const fault = kindFault({ ...message, raw: null })
        if (fault !== null) failWith(fault, details)
      })
    },
  },
  {
    ...area,
    id: 'payload.values-that-can-be',
    title: 'prices are above 0, amounts not below, times are epoch ms of our days, and no level comes twice',
    file: 'parser.ts',
    docs: 'messages.md#numbers-ids-and-times',
    async run(lab) {
      await eachMessage(lab, (message, details) => {
        const fault = rangeFault(message)
        if (fault !== null) failWith(fault, details)
      })
    },
  },
  {
    ...area,
    id: 'payload.values-that-can-be-together',
    title: 'high and low enclose the other prices, bids are below asks, and a snapshot has its best levels first',
    file: 'parser.ts',
    async run(lab) {
      await eachMessage(lab, (message, details) => {
        const fault = relationFault(message)
        if (fault !== null) failWith(fault, details)
      })
    },
  },
  {
    ...area,
    id: 'payload.exchange-times',
    title: 'the time of a message is the exchange’s own, not before the event and not after the frame came',
    file: 'parser.ts',
    docs: 'messages.md#numbers-ids-and-times',
    async run(lab) {
      for (const story of await stories(lab)) {
        for (const message of story.messages) {
          const { exchangeTime, receivedAt, channel } = message
          if (exchangeTime === null || dataChannelOf(message) === null) continue
          if (exchangeTime >= story.from - longestLagMs && exchangeTime <= receivedAt) continue
          fail(`the exchange time of a message of ${channel} is not of the time in which it was sent`, {
            expected: `${story.from} to ${receivedAt}`,
            got: exchangeTime,
            ...detailsOf(message),
          })
        }
      }
    },
  },
  {
    ...area,
    id: 'payload.streams-that-were-asked-for',
    title: 'every message is on a stream that was planned, one that feeds its channel, and of that stream’s market',
    file: 'streams.ts',
    docs: 'writing-an-adapter.md#streams',
    async run(lab) {
      for (const story of await stories(lab)) {
        for (const message of story.messages) {
          const channel = dataChannelOf(message)
          if (channel !== null) expectItsStream(story, message, channel)
        }
      }
    },
  },
  {
    ...area,
    id: 'payload.no-errors',
    title: 'nothing that a well exchange sends is an error, or unknown',
    file: 'parser.ts',
    docs: 'writing-an-adapter.md#strategy-3-the-parser',
    async run(lab) {
      for (const story of await begun(lab)) {
        const wrong = story.messages.find(({ type }) => type === MessageType.Error || type === MessageType.Unknown)
        if (wrong !== undefined) {
          fail(`a message of ${story.source} is no data`, { expected: 'data', got: wrong.data, ...detailsOf(wrong) })
        }
        const [error] = story.errors
        if (error !== undefined) fail(`an error was reported while all was well (${story.source})`, { got: error })
      }
    },
  },
]

/** How old what a stream begins with may be, ms. */
const longestLagMs = 60_000

async function stories(lab: Lab): Promise<readonly Story[]> {
  const account = await accountStory(lab)
  return [...(await marketStories(lab)), ...(account === null ? [] : [account])]
}

async function begun(lab: Lab): Promise<readonly Story[]> {
  const market = await wholeMarketStories(lab)
  const account = await accountStory(lab)
  // What is true of the market is checked without an account that did not begin, which payload.streams-begin tells.
  return account === null || account.failure !== null ? market : [...market, account]
}

async function eachMessage(lab: Lab, look: (message: FeedMessage, details: FailureDetails) => void): Promise<void> {
  for (const story of await stories(lab)) {
    for (const message of story.messages) look(message, detailsOf(message))
  }
}

function detailsOf(message: FeedMessage): FailureDetails {
  const channel = dataChannelOf(message)
  return {
    ...(message.raw === null ? {} : { frame: message.raw }),
    ...(channel === null ? {} : { file: parserFileOf(channel) }),
  }
}

function failWith({ place, expected, got }: Fault, details: FailureDetails): never {
  fail(`${place} should be ${expected}`, { expected, got, ...details })
}

function expectItsStream({ planned, source }: Story, message: FeedMessage, channel: Channel): void {
  const { stream, symbol } = message
  if (stream === null || !planned.has(stream)) {
    fail(`a message of ${channel} is on a stream that was not planned (${source})`, {
      expected: [...planned].filter(({ channels }) => channels.includes(channel)).map(({ id }) => id),
      got: stream?.id ?? null,
      ...detailsOf(message),
      file: 'streams.ts',
    })
  }
  if (!stream.channels.includes(channel)) {
    fail(`a message of ${channel} is on a stream that does not say that it feeds that channel`, {
      expected: stream.channels,
      got: channel,
      ...detailsOf(message),
      file: 'streams.ts',
    })
  }
  if (stream.instrument !== null && traitsOf(channel).perInstrument && stream.instrument !== symbol) {
    fail(`a message on ${stream.id} is of another market than its stream`, {
      expected: stream.instrument.name,
      got: symbol?.name ?? null,
      ...detailsOf(message),
      file: 'symbols.ts',
    })
  }
}
