// Reads what `tapewire demo --nats --json` printed: a relay was killed, the consumer was told, and every book is true again.
import { readFileSync } from 'node:fs'

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const { messages, gaps, books, liveBooks, liveAgainMs } = report
const isWell = messages > 0 && gaps > 0 && books > 0 && liveBooks === books && liveAgainMs !== null
process.stdout.write(`demo --nats: ${JSON.stringify(report)}\n`)
if (!isWell) process.exitCode = 1
