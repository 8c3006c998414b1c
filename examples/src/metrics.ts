// What a running feed knows about itself, once a second for three seconds.
import { setInterval } from 'node:timers/promises'
import { createPublicExchange } from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { openVenue } from './support/venue.js'

const symbols = ['BTC/USDT', 'ETH/USDT']
const venue = await openVenue(symbols)
const feed = await createPublicExchange({ exchange: gateioSpot, symbols, options: venue.options })

let lines = 0
for await (const _ of setInterval(1_000)) {
  const metrics = feed.getPerformanceMetrics()
  const { messagesProcessed, messagesPerSecond, p99ProcessingTimeMs, complianceRate, averageLagMs } = metrics
  console.log(
    `${messagesProcessed} messages, ${messagesPerSecond.toFixed(0)} a second;`,
    `99 % handled within ${p99ProcessingTimeMs.toFixed(3)} ms, ${(complianceRate * 100).toFixed(2)} % under 1 ms;`,
    `${averageLagMs?.toFixed(1)} ms behind the exchange`,
  )
  for (const { connectionId, state, activeStreams, reconnectionCount, connectionStability } of metrics.connections) {
    console.log(
      `  ${connectionId}: ${state}, ${activeStreams} streams, ${reconnectionCount} reconnections,`,
      `connected ${(connectionStability * 100).toFixed(1)} % of the time`,
    )
  }
  lines += 1
  if (lines === 3) break
}

await feed.close()
await venue.close()
