import type { Instrument } from '@tapewire/core'
import { fail } from '../check-failure.js'
import type { Stage } from './stage.js'
import type { StageRecord } from './stage-record.js'

/** How often each market moves before one of which nothing came counts as silent. */
const rounds = 40

/** Lets the markets move until something came of each instrument, under its own name; fails where nothing does. */
export async function heardOf(
  stage: Stage,
  { messages }: StageRecord,
  instruments: readonly Instrument[],
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (const instrument of instruments) stage.market.step(instrument)
    await stage.pass(100)
    if (silent(messages, instruments).length === 0) return
  }
  fail(`nothing came of ${silent(messages, instruments).join(', ')} while its market moved`)
}

function silent(messages: StageRecord['messages'], instruments: readonly Instrument[]): readonly string[] {
  const met = new Set(messages.map((message) => ('symbol' in message ? message.symbol : null)))
  return instruments.filter((instrument) => !met.has(instrument)).map(({ name }) => name)
}
