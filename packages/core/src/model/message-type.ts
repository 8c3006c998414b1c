import { type Channel, channelTable, type TraitsOf } from './channel.js'

/** Types of messages that belong to no channel. */
const controlTypes = {
  /** The exchange's answer to a subscribe or unsubscribe; consumed by the manager. */
  SubscriptionConfirm: 0,
  /** The exchange's answer to a request that is no subscription (a login, a user's own); consumed by whoever asked. */
  Reply: 777,
  /** Pongs and pings; consumed by the manager. */
  Heartbeat: 999,
  /** The exchange reported an error, or the bytes were malformed. */
  Error: -1,
  /** Valid, but outside what this library normalises. */
  Other: 888,
  /** Well-formed, and nothing we know. */
  Unknown: -999,
} as const

type ChannelTypes = { readonly [Name in Channel as TraitsOf<Name>['messageType']]: TraitsOf<Name>['type'] }

/**
 * What kind of message a frame held, as an integer: a handler can switch on it without comparing text. One for each channel (`Orderbook` 1, `Trades` 2,
 * `BookTicker` 3, `Ticker` 4, `Trade` 5 for own executions, `Balance` 6, `Order` 7, `Candle` 8), and those of control traffic.
 */
export const MessageType: ChannelTypes & typeof controlTypes = {
  ...(Object.fromEntries(
    Object.values(channelTable).map(({ messageType, type }) => [messageType, type]),
  ) as unknown as ChannelTypes),
  ...controlTypes,
}

export type MessageType = (typeof MessageType)[keyof typeof MessageType]

/** No channel's type is as high as this. */
const firstControlType = 32

/** Whether a type is that of a channel: market or account data, which goes straight to the user. */
export function isDataType(type: number): boolean {
  return type > 0 && type < firstControlType
}
