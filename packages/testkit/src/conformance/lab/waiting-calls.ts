import type { EndpointOptions, WebSocketStrategySet } from '@tapewire/core'
import type { StrategyEnv } from '@tapewire/core/adapter'
import type { Lab } from './lab.js'

/** One call of an adapter that may wait, and so is given an env. */
export interface WaitingCall {
  /** For reports: `context()`. */
  readonly name: string
  /** The file of an adapter in which it stands. */
  readonly file: string
  call(env: StrategyEnv): Promise<unknown>
}

/** Makes strategies of one kind with these options. */
export interface OpenableSide {
  readonly name: string
  make(options?: EndpointOptions): WebSocketStrategySet
}

/** The kinds of strategies that can be opened on a stage of this lab: for market data, and for the emulation's account where it has one. */
export function openableSides(lab: Lab): readonly OpenableSide[] {
  const market: OpenableSide = { name: 'public()', make: (options) => lab.publicSet(options) }
  return lab.hasAccount ? [market, { name: 'private()', make: (options) => lab.accountSet(options) }] : [market]
}

/** Every call of these strategies that may wait, in an order in which each can be made. */
export function waitingCalls(
  lab: Lab,
  { connectionStrategy, subscriptionStrategy, bookRules, backfill }: WebSocketStrategySet,
): readonly WaitingCall[] {
  const [instrument] = lab.instruments
  const calls: WaitingCall[] = [
    { name: 'context()', file: 'connection.ts', call: (env) => connectionStrategy.context(env) },
    {
      name: 'connect()',
      file: 'connection.ts',
      call: async (env) => {
        const transport = await connectionStrategy.connect(await connectionStrategy.context(env), env)
        transport.terminate()
      },
    },
  ]
  if (subscriptionStrategy.measureTime !== undefined)
    calls.push({
      name: 'measureTime()',
      file: 'account.ts',
      call: async (env) => subscriptionStrategy.measureTime?.(env),
    })
  const snapshots = bookRules?.source === 'rest' ? bookRules : bookRules?.source === 'stream' ? bookRules.audit : null
  if (instrument !== undefined && snapshots !== null && snapshots !== undefined)
    calls.push({
      name: 'fetchSnapshot()',
      file: 'book-rules.ts',
      call: (env) => snapshots.fetchSnapshot(instrument, env),
    })
  const { accountLook } = connectionStrategy
  if (accountLook !== undefined)
    calls.push({ name: 'latestExecutions()', file: 'account.ts', call: (env) => accountLook.latestExecutions(env) })
  for (const channel of backfill?.channels ?? []) {
    if (instrument === undefined) continue
    const [stream] = subscriptionStrategy.plan({ channel, instruments: [instrument], candleIntervals: null })
    if (stream === undefined) continue
    calls.push({
      name: `fetchPage() of ${channel}`,
      file: 'backfill.ts',
      call: async (env) => {
        const now = env.clock.wallTime()
        await backfill?.fetchPage({ stream, channel, instrument, from: now - 60_000, to: now + 60_000 }, null, env)
      },
    })
  }
  return calls
}

/** `listInstruments()` as a call that waits; null where there is none. */
export function listingCall({ definition }: Lab, options?: EndpointOptions): WaitingCall | null {
  if (definition.listInstruments === undefined) return null
  return {
    name: 'listInstruments()',
    file: 'listing.ts',
    call: async (env) => definition.listInstruments?.(options, env),
  }
}
