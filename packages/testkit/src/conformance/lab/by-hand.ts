import type { Channel, Instrument, Stream, WebSocketStrategySet } from '@tapewire/core'
import { StreamError } from '@tapewire/core'
import {
  createEnv,
  type Network,
  type OutboundMessage,
  type RequestContext,
  type StrategyEnv,
  type SubscriptionAction,
} from '@tapewire/core/adapter'
import { ManualClock } from '@tapewire/core/testing'
import { CheckFailure, fail } from '../check-failure.js'
import type { Lab } from './lab.js'

/** The strategies for market data with some options, or those for the account, and what may be asked of them. */
export interface StrategySide {
  readonly scope: 'public' | 'private'
  /** For reports: `public(), depth 20`. */
  readonly name: string
  readonly channels: readonly Channel[]
  /** New ones each time. */
  make(): WebSocketStrategySet
}

/** Every kind of strategies that the lab can make: those for market data with each variant of options, and those for the account. None of them is opened. */
export function strategySides(lab: Lab): readonly StrategySide[] {
  const market = lab.variants.map(
    ({ name, options }): StrategySide => ({
      scope: 'public',
      name: `public(), ${name}`,
      channels: lab.publicChannels,
      make: () => lab.publicSet(options),
    }),
  )
  if (lab.definition.private === undefined) return market
  const make = (): WebSocketStrategySet => lab.placeholderAccountSet()
  return [...market, { scope: 'private', name: 'private()', channels: lab.privateChannels, make }]
}

/** The streams of every channel of a side for these instruments, each once. Fails where `plan()` throws. */
export function planAll(
  set: WebSocketStrategySet,
  { channels, name }: StrategySide,
  instruments: readonly Instrument[],
): readonly Stream[] {
  const planned = channels.flatMap((channel) => {
    try {
      return set.subscriptionStrategy.plan({ channel, instruments, candleIntervals: null })
    } catch (thrown) {
      return fail(`plan() of ${name} throws for ${channel} and ${instruments.join(', ')}`, { got: thrown })
    }
  })
  return [...new Set(planned)]
}

/** What each channel of each side is planned as for these instruments, with new strategies for each side. */
export function plannedChannels(
  lab: Lab,
  instruments: readonly Instrument[],
): readonly { readonly side: StrategySide; readonly channel: Channel; readonly streams: readonly Stream[] }[] {
  return strategySides(lab).flatMap((side) => {
    const { subscriptionStrategy } = side.make()
    return side.channels.map((channel) => ({
      side,
      channel,
      streams: subscriptionStrategy.plan({ channel, instruments, candleIntervals: null }),
    }))
  })
}

/** Reaches nobody: what is asked over it is an error. */
const closedNetwork: Network = {
  openSocket: () => Promise.reject(noNetwork()),
  request: () => Promise.reject(noNetwork()),
}

/** An env that reaches nobody, on a clock that stands still. */
export function closedEnv(): StrategyEnv {
  return createEnv({ clock: new ManualClock(), network: closedNetwork, random: () => 0.5 })
}

/** What a request is composed with; its ids begin at `firstId`. */
export interface CountedContext extends RequestContext {
  /** The ids it gave, in order. */
  readonly given: readonly number[]
}

/** A context for `createSubscriptionMessages()`, which remembers the ids that it gave. */
export function requestContext(firstId = 1, env: StrategyEnv = closedEnv()): CountedContext {
  const given: number[] = []
  return {
    ...env,
    given,
    nextRequestId: () => {
      given.push(firstId + given.length)
      return firstId + given.length - 1
    },
  }
}

/** The messages that a strategy composes. Fails where it throws. */
export async function composed(
  { subscriptionStrategy }: WebSocketStrategySet,
  action: SubscriptionAction,
  streams: readonly Stream[],
  context: RequestContext,
): Promise<readonly OutboundMessage[]> {
  try {
    return await subscriptionStrategy.createSubscriptionMessages(action, streams, context)
  } catch (thrown) {
    throw new CheckFailure(`createSubscriptionMessages() threw for ${action}`, {
      got: thrown,
      expected: 'messages',
      file: 'subscription.ts',
    })
  }
}

/** What a call throws or rejects with; null where it does neither. */
export async function thrownBy(call: () => unknown): Promise<unknown> {
  try {
    await call()
    return null
  } catch (thrown) {
    return thrown ?? new Error('it threw nothing at all')
  }
}

/** Whether something is one of core's errors with one of these codes. */
export function hasCode(thrown: unknown, ...codes: readonly string[]): thrown is StreamError {
  return thrown instanceof StreamError && codes.includes(thrown.code)
}

function noNetwork(): StreamError {
  return new StreamError('ERR_CONNECTION_REFUSED', 'This check gives the adapter no network.')
}
