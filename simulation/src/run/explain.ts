import { failureReport } from '../report.js'
import { composeScript, type Told } from '../script/compose-script.js'
import { shrink } from '../script/shrink.js'
import { runScript } from './run-script.js'

/** What a failed seed has to say: its shortest form that fails in the same way, and the trace of that. */
export async function explain(seed: number, told: Told): Promise<string> {
  const original = composeScript(seed, told)
  const { violation } = await runScript(original)
  const shortest =
    violation === null
      ? original
      : await shrink(original, async (script) => (await runScript(script)).violation?.watch === violation.watch)
  return failureReport(original, await runScript(shortest, { isTraced: true }))
}
