import { type AnyExchangeDefinition, type Instrument, toInstrument, type WebSocketStrategySet } from '@tapewire/core'
import { redactUrl } from '@tapewire/core/adapter'
import { usageError } from '../../cli-error.js'
import type { CommandContext } from '../../command-context.js'
import { preferredChannel, privateChannelsOf } from '../../exchanges/channels-of.js'
import { resolveGuest } from '../../exchanges/resolve-guest.js'
import { exitCodes } from '../../exit-codes.js'
import { accountStrategies } from '../../options/account-strategies.js'
import { type EndpointFlags, endpointsOf } from '../../options/endpoint-options.js'
import type { ExchangeFlags } from '../../options/exchange-options.js'
import { oneLine } from '../../terminal/one-line.js'
import type { Palette } from '../../terminal/palette.js'
import { checkAccount } from './account-check.js'
import { type CheckResult, runCheck, skippedCheck } from './check.js'
import { checkClock, clockUrl } from './clock-check.js'
import { checkDns, checkTcp, checkTls, targetOf } from './network-checks.js'
import { sessionCheckNames, sessionChecks } from './session-checks.js'

export interface DoctorFlags extends EndpointFlags, ExchangeFlags {
  readonly symbol: string
  /** How long the stream is watched, ms. */
  readonly watch?: number
  readonly account?: true
  readonly json?: true
}

/** Runs every check and prints what it finds, in text as it goes. */
export async function examine(context: CommandContext, exchangeName: string, flags: DoctorFlags): Promise<void> {
  const definition = await resolveGuest(context, exchangeName, flags.package)
  const instrument = toInstrument(flags.symbol)
  const url = socketUrl(flags.url ?? definition.endpoints.url)
  const account = flags.account === true ? accountOf(context, definition, flags) : null
  const checks: CheckResult[] = []
  if (flags.json !== true) await context.out.line(`${definition.title} at ${redactUrl(url.href)}`)
  for await (const check of allChecks(definition, url, { instrument, account, flags, signal: context.signal })) {
    checks.push(check)
    if (flags.json !== true) await context.out.line(checkText(check, context.palette))
  }
  const isHealthy = checks.every(({ status }) => status !== 'failed')
  if (flags.json === true) {
    const report = { exchange: exchangeName, url: redactUrl(url.href), symbol: instrument.name, ok: isHealthy, checks }
    await context.out.line(JSON.stringify(report))
  } else {
    const failed = checks.filter(({ status }) => status === 'failed').length
    await context.out.line(isHealthy ? 'All is well.' : `${failed} ${failed === 1 ? 'check' : 'checks'} failed.`)
  }
  if (!isHealthy) context.exitCode = exitCodes.failed
}

/** What connects to the account; null where the exchange has none. Throws `ERR_USAGE` where its key is not there. */
function accountOf(
  context: CommandContext,
  definition: AnyExchangeDefinition,
  flags: DoctorFlags,
): WebSocketStrategySet | null {
  return definition.private === undefined ? null : accountStrategies(context, definition, '--account', flags)
}

interface Examination {
  readonly instrument: Instrument
  readonly account: WebSocketStrategySet | null
  readonly flags: DoctorFlags
  readonly signal: AbortSignal
}

async function* allChecks(
  definition: AnyExchangeDefinition,
  url: URL,
  { instrument, account, flags, signal }: Examination,
): AsyncGenerator<CheckResult> {
  const target = targetOf(url)
  const network = [
    { name: 'dns', work: () => checkDns(target) },
    { name: 'tcp', work: () => checkTcp(target, signal) },
    { name: 'tls', work: () => checkTls(target, signal) },
  ]
  let failed: string | null = null
  for (const { name, work } of network) {
    const result: CheckResult =
      failed === null ? await runCheck(name, signal, work) : skippedCheck(name, `${failed} failed`)
    if (result.status === 'failed') failed ??= name
    yield result
  }
  // A busy instrument's quotes are never quiet for long.
  const channel = preferredChannel(definition, ['book_ticker', 'trades'])
  const watchMs = flags.watch ?? null
  const skipSession = (detail: string): readonly CheckResult[] =>
    sessionCheckNames(watchMs).map((name) => skippedCheck(name, detail))
  if (failed !== null) yield* skipSession(`${failed} failed`)
  else if (channel === undefined) yield* skipSession('the exchange has no market channels')
  else yield* sessionChecks(definition.public(endpointsOf(flags)), { instrument, channel, signal, watchMs })
  if (flags.account === true) {
    if (failed !== null) yield skippedCheck('account', `${failed} failed`)
    else if (account === null) yield skippedCheck('account', 'the exchange has no account here')
    else yield await runCheck('account', signal, () => checkAccount(account, privateChannelsOf(definition), signal))
  }
  const restUrl = clockUrl(flags.restUrl, flags.url, definition.endpoints.restUrl)
  yield await runCheck('clock', signal, () => checkClock(restUrl, signal))
}

const marks = { ok: '✓', failed: '✗', skipped: '·' } as const

/** `✓ tcp           1.2 ms  127.0.0.1 port 9000 accepts connections` */
function checkText({ name, status, ms, detail, code, hint }: CheckResult, palette: Palette): string {
  const paint = { ok: palette.green, failed: palette.red, skipped: palette.dim }[status]
  const time = ms === null ? '' : `${ms.toFixed(1)} ms`
  const what = code === null ? detail : `${detail} [${code}]`
  const line = `${paint(marks[status])} ${name.padEnd(11)} ${time.padStart(10)}  ${oneLine(what)}`
  return hint === null ? line : `${line}\n${' '.repeat(26)}${oneLine(hint)}`
}

function socketUrl(text: string): URL {
  if (URL.canParse(text)) {
    const url = new URL(text)
    if (url.protocol === 'ws:' || url.protocol === 'wss:') return url
  }
  throw usageError(
    `--url ${JSON.stringify(text)} is not a WebSocket URL.`,
    'Write it whole: wss://host/path, or ws://127.0.0.1:9000/ on loopback.',
  )
}
