import { redactUrl, systemClock } from '@tapewire/core/adapter'
import { CliError } from '../../cli-error.js'
import { inTime } from '../../wait.js'
import { NotApplicable } from './check.js'

const timeoutMs = 10_000
/** HTTP dates have whole seconds: half of one is the error of reading them. */
const resolutionMs = 1_000
/** Exchanges refuse signatures 5 s (MEXC) to 60 s (Gate.io) off; lag is wrong by all of it. */
const toleratedMs = 2_000

/** How far this machine's clock is from the server's, by the `Date` header of any answer of its. */
export async function checkClock(url: string, signal: AbortSignal): Promise<string> {
  const sentAt = systemClock.wallTime()
  let date: string | null
  try {
    date = await inTime(timeoutMs, signal, async (limited) => {
      const response = await fetch(url, { method: 'GET', redirect: 'manual', signal: limited })
      await response.body?.cancel()
      return response.headers.get('date')
    })
  } catch {
    throw new CliError(
      'ERR_CLOCK_UNKNOWN',
      `${redactUrl(url)} does not answer`,
      'Snapshots and signatures need the REST API as well; --rest-url points at another one.',
    )
  }
  const serverTime = date === null ? Number.NaN : Date.parse(date)
  if (Number.isNaN(serverTime)) throw new NotApplicable('the server does not say what time it is')
  const skewMs = (sentAt + systemClock.wallTime()) / 2 - (serverTime + resolutionMs / 2)
  const shown = `${(Math.abs(skewMs) / 1000).toFixed(1)} s ${skewMs < 0 ? 'behind' : 'ahead of'} the server, ±0.5 s`
  if (Math.abs(skewMs) <= toleratedMs) return `this machine’s clock is ${shown}`
  throw new CliError(
    'ERR_CLOCK_SKEW',
    `This machine’s clock is ${shown}`,
    'Synchronise it (NTP): signatures will be refused, and every lag is wrong by that much.',
  )
}

/** Where to ask: the REST API; where only the socket was pointed elsewhere, the same host. */
export function clockUrl(restUrl: string | undefined, socketUrl: string | undefined, defaultRestUrl: string): string {
  if (restUrl !== undefined) return restUrl
  if (socketUrl === undefined) return defaultRestUrl
  const { protocol, host } = new URL(socketUrl)
  return `${protocol === 'wss:' ? 'https' : 'http'}://${host}/`
}
