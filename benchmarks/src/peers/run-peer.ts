import { parseInstrument } from '@tapewire/core'
import { startVenueServer } from '@tapewire/testkit'
import { Checks } from './checks.js'
import type { Peer } from './peer.js'
import { Report } from './report.js'

const symbols = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'] as const

/** Something happens on the market this often. */
const intervalMs = 10
/** Books are deeper than any stream of them, so that levels leave and enter what is told. */
const levels = 240
/** Longer than the slowest stream gathers: candles of Gate.io, every two seconds. */
const settlingMs = 4_000

/** Runs one client against its exchange, then stops the market and compares. */
export async function runPeer(peer: Peer, durationMs: number): Promise<Report> {
  const { emulation } = peer
  const report = new Report(peer.name, emulation.exchange)
  const pairs = symbols.map((symbol) => parseInstrument(symbol))
  const { credentials } = emulation
  if (credentials === null) throw new TypeError(`${emulation.exchange} has no account to try.`)
  const server = await startVenueServer({ venue: emulation.createVenue, pairs, levels, intervalMs })
  try {
    const { account } = server.venue
    const checks = new Checks(report, server.market, account)
    const running = await peer.start({ server, credentials, pairs, report, checks })
    try {
      await sleep(durationMs)
      server.market.stop()
      account.stop()
      await sleep(settlingMs)
      checks.conclude()
      await running.compare()
    } finally {
      await running.close()
    }
    for (const failure of server.failures) report.failure('emulation', failure)
  } catch (thrown) {
    report.failure('start', thrown)
  } finally {
    await server.close()
  }
  return report
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
