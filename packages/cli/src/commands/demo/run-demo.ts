import { resolveExchange } from '@tapewire/core'
import type { ExchangeEmulation } from '@tapewire/testkit'
import type { CommandContext } from '../../command-context.js'
import { findEmulation } from '../../exchanges/find-emulation.js'
import { ownExchanges } from '../../exchanges/own-packages.js'
import type { ExchangeFlags } from '../../options/exchange-options.js'
import { untilOver } from '../../wait.js'
import { connectText } from './connect-text.js'
import { type DemoExchange, startDemoExchange } from './demo-exchange.js'
import { type DemoReport, reportOf, reportText } from './demo-report.js'

export interface DemoFlags extends ExchangeFlags {
  readonly duration?: number
  readonly exchange?: readonly string[]
  readonly port: number
  readonly json?: true
}

/** How long it runs where nobody watches, ms. */
const unwatchedMs = 5_000

/** Starts the emulated exchanges, connects to them, shows what arrives, and sums up. */
export async function runDemo(context: CommandContext, flags: DemoFlags): Promise<void> {
  const isWatched = context.isTerminal && flags.json !== true && !context.io.environment?.CI
  const exchanges = await startExchanges(context, flags)
  let report: DemoReport
  try {
    if (!(isWatched && context.io.stdin?.isTTY === true) && flags.json !== true) tellWhere(context, exchanges)
    if (isWatched) {
      const { showLive } = await import('./view/show-live.js')
      await showLive(context, exchanges, flags.duration ?? null)
    } else {
      await untilOver(flags.duration ?? unwatchedMs, context.signal)
    }
    report = { exchanges: Object.fromEntries(exchanges.map((exchange) => [exchange.name, reportOf(exchange)])) }
  } finally {
    await closeAll(exchanges)
  }
  await context.out.line(flags.json === true ? JSON.stringify(report) : reportText(report))
}

/** How to connect a program of one's own: said at once, as nothing is left to connect to afterwards. */
function tellWhere(context: CommandContext, exchanges: readonly DemoExchange[]): void {
  context.note('While this runs, a program of your own can connect to it:')
  for (const exchange of exchanges) context.note(`\n${connectText(exchange)}`)
  context.note('')
}

/** All of them, or none. */
async function startExchanges(context: CommandContext, flags: DemoFlags): Promise<readonly DemoExchange[]> {
  const names = [...new Set(flags.exchange ?? ownExchanges)]
  const definitions = await Promise.all(names.map((name) => resolveExchange(name, flags.package)))
  const emulations = await Promise.all(names.map((name) => findEmulation(name, flags.package)))
  const starting = definitions.map((definition, index) =>
    startDemoExchange(definition, emulations[index] as ExchangeEmulation, {
      port: flags.port === 0 ? 0 : flags.port + index,
      seed: index + 1,
      signal: context.signal,
      onError: (error) => context.warn(error),
    }),
  )
  const results = await Promise.allSettled(starting)
  const started = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const failure = results.find((result) => result.status === 'rejected')
  if (failure === undefined) return started
  await closeAll(started)
  throw failure.reason
}

async function closeAll(exchanges: readonly DemoExchange[]): Promise<void> {
  await Promise.all(exchanges.map((exchange) => exchange.close()))
}
