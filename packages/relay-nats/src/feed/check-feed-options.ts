import { natsOptionsChecker } from '../connect/check-nats-options.js'
import type { NatsOptions } from '../connect/nats-options.js'
import type { NatsAccountFeedOptions, NatsExchangeOptions, NatsFeedOptions } from './feed-options.js'

/** Whether each option beside those of NATS can be done without. */
type Needs<Options> = Readonly<Record<Exclude<keyof Options, keyof NatsOptions>, 'required' | 'optional'>>

const ofAll = {
  prefix: 'optional',
  beatIntervalMs: 'optional',
  answerTimeoutMs: 'optional',
  from: 'optional',
  to: 'optional',
  retry: 'optional',
  signal: 'optional',
  clock: 'optional',
} as const

const ofFeeds = {
  on: 'optional',
  onRefused: 'optional',
  config: 'optional',
  books: 'optional',
  flightRecorder: 'optional',
  alerts: 'optional',
  logger: 'optional',
  logLevel: 'optional',
  random: 'optional',
  limiter: 'optional',
  ...ofAll,
} as const

const ofMarket: Needs<NatsFeedOptions> = {
  exchange: 'required',
  symbols: 'required',
  channels: 'optional',
  candleIntervals: 'optional',
  maxHeldBytes: 'optional',
  ...ofFeeds,
}
const ofAccount: Needs<NatsAccountFeedOptions> = {
  exchange: 'required',
  account: 'required',
  channels: 'optional',
  ...ofFeeds,
}
const ofExchange: Needs<NatsExchangeOptions> = {
  exchange: 'required',
  maxHeldBytes: 'optional',
  onEnd: 'optional',
  ...ofAll,
}

const name = { type: 'string', minLength: 1 }

/** The schemas of what is ours. */
const ours: Readonly<Record<string, object>> = {
  exchange: name,
  account: name,
  prefix: { type: 'string', pattern: '^[\\w-]+(\\.[\\w-]+)*$' },
  beatIntervalMs: { type: 'number', minimum: 10, maximum: 60_000 },
  answerTimeoutMs: { type: 'number', minimum: 1, maximum: 60_000 },
  maxHeldBytes: { type: 'integer', minimum: 65_536 },
}

function checker<Options>(title: string, needs: Needs<Options>): (options: object) => void {
  return natsOptionsChecker({
    title,
    properties: Object.fromEntries(Object.keys(needs).map((one) => [one, ours[one] ?? 'other'])),
    required: Object.entries(needs).flatMap(([one, need]) => (need === 'required' ? [one] : [])),
  })
}

/** They throw `ERR_INVALID_CONFIG` for options that are unknown or missing, and for what is NATS's or ours and cannot be meant. */
export const checkFeedOptions: Readonly<Record<'market' | 'account' | 'exchange', (options: object) => void>> = {
  market: checker<NatsFeedOptions>('The options of natsFeed are not valid', ofMarket),
  account: checker<NatsAccountFeedOptions>('The options of natsFeed for an account are not valid', ofAccount),
  exchange: checker<NatsExchangeOptions>('The options of natsExchange are not valid', ofExchange),
}
