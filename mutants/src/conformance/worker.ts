// The process in which broken adapters run, one after the other, beside a kit and a core that are whole.
import type { AnyExchangeDefinition } from '@tapewire/core'
import { type ExchangeEmulation, runConformance } from '@tapewire/testkit'
import type { Answer, Job } from './job.js'

process.on('message', (job: Job) => {
  void answer(job).then((answered) => process.send?.(answered))
})

async function answer({ file, exchange, only, asksEmulation }: Job): Promise<Answer> {
  try {
    const adapter = (await import(file)) as {
      readonly exchanges: readonly AnyExchangeDefinition[]
      readonly emulations: readonly ExchangeEmulation[]
    }
    const definition = adapter.exchanges.find(({ name }) => name === exchange)
    const venue = adapter.emulations.find((emulation) => emulation.exchange === exchange)
    if (definition === undefined || venue === undefined) return { broken: `it has no ${exchange}` }
    const { checks } = await runConformance({
      exchange: definition,
      venue,
      asksEmulation,
      ...(only === null ? {} : { only }),
    })
    return { checks }
  } catch (thrown) {
    return { broken: thrown instanceof Error ? thrown.message : String(thrown) }
  }
}
