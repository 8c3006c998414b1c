import { type Instrument, redactUrl, toInstrument } from '@tapewire/core'
import { usageError } from '../../cli-error.js'
import type { CommandContext } from '../../command-context.js'
import type { CliExchange } from '../../exchanges/cli-exchange.js'
import { loadExchange } from '../../exchanges/load-exchange.js'
import { exitCodes } from '../../exit-codes.js'
import { endpointsOf } from '../../options/endpoint-options.js'
import { oneLine } from '../../terminal/one-line.js'
import type { Palette } from '../../terminal/palette.js'
import { type CheckResult, runCheck, skippedCheck } from './check.js'
import { checkClock, clockUrl } from './clock-check.js'
import type { DoctorFlags } from './doctor-command.js'
import { checkDns, checkTcp, checkTls, targetOf } from './network-checks.js'
import { sessionCheckNames, sessionChecks } from './session-checks.js'

/** Runs every check and prints what it finds, in text as it goes. */
export async function examine(context: CommandContext, exchangeName: string, flags: DoctorFlags): Promise<void> {
  const exchange = await loadExchange(exchangeName)
  const pair = toInstrument(flags.symbol)
  const url = socketUrl(flags.url ?? exchange.definition.endpoints.url)
  const checks: CheckResult[] = []
  if (flags.json !== true) await context.out.line(`${exchange.definition.title} at ${redactUrl(url.href)}`)
  for await (const check of allChecks(exchange, url, pair, flags, context.signal)) {
    checks.push(check)
    if (flags.json !== true) await context.out.line(checkText(check, context.palette))
  }
  const isHealthy = checks.every(({ status }) => status !== 'failed')
  if (flags.json === true) {
    const report = { exchange: exchangeName, url: redactUrl(url.href), symbol: pair.name, ok: isHealthy, checks }
    await context.out.line(JSON.stringify(report))
  } else {
    const failed = checks.filter(({ status }) => status === 'failed').length
    await context.out.line(isHealthy ? 'All is well.' : `${failed} ${failed === 1 ? 'check' : 'checks'} failed.`)
  }
  if (!isHealthy) context.exitCode = exitCodes.failed
}

async function* allChecks(
  { definition }: CliExchange,
  url: URL,
  pair: Instrument,
  flags: DoctorFlags,
  signal: AbortSignal,
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
  if (failed === null) yield* sessionChecks(definition.public(endpointsOf(flags)), pair, { signal })
  else for (const name of sessionCheckNames) yield skippedCheck(name, `${failed} failed`)
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
