// The command behind `npm run peers`: the table on standard output, progress on standard error.
import { peerVersion } from '../subjects/peers.js'
import { helpText, readCommandLine } from './command-line.js'
import { type Report, renderReports } from './report.js'
import { runPeer } from './run-peer.js'

async function main(): Promise<void> {
  const { peers, durationMs, help } = readCommandLine(process.argv.slice(2))
  if (help) {
    process.stdout.write(helpText)
    return
  }
  const absent = peers.find(({ client }) => peerVersion(client) === null)
  if (absent !== undefined) throw new Error(`${absent.client} is not installed: npm run bench:peers`)
  const reports: Report[] = []
  for (const peer of peers) {
    const { name, client, emulation } = peer
    process.stderr.write(
      `${name}  ${client} ${peerVersion(client)} on ${emulation.exchange}, ${durationMs / 1_000} s …\n`,
    )
    reports.push(await runPeer(peer, durationMs))
  }
  process.stdout.write(renderReports(reports))
  // Clients leave timers and sockets behind.
  process.exit(reports.every(({ isRight }) => isRight) ? 0 : 1)
}

try {
  await main()
} catch (thrown) {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`)
  process.exitCode = 2
}
