import type { Outcome } from './run/run-script.js'
import { describe, type Script } from './script/script.js'

/** A failed run in words: what did not hold, what was done to get there, and what happened, line by line. */
export function failureReport(original: Script, { script, violation, trace }: Outcome): string {
  if (violation === null) return `Seed ${original.seed} holds.\n`
  const { seed, exchange, isPrivate } = original
  const steps = script.steps.map((step) => `  ${(step.at / 1_000).toFixed(3).padStart(9)}  ${describe(step)}`)
  return [
    `Seed ${seed} fails: ${violation.watch}, ${(violation.at / 1_000).toFixed(3)} s after the beginning of its shortest form.`,
    `  ${violation.what}`,
    '',
    `Its shortest form (${script.steps.length} of ${original.steps.length} steps), ${exchange}, ${isPrivate ? 'the account' : 'market data'}:`,
    `  ${script.first.channels} of ${script.isPrivate ? 'the account' : `${script.first.pairs.length} of ${script.pairs} pairs`}, ${script.latencyMs} ms and up to ${script.jitterMs} ms more one way, market every ${script.marketIntervalMs} ms`,
    ...(Object.keys(script.config).length === 0 ? [] : [`  config ${JSON.stringify(script.config)}`]),
    ...(Object.keys(script.options).length === 0 ? [] : [`  options ${JSON.stringify(script.options)}`]),
    ...steps,
    '',
    'What happened, by the seconds:',
    ...trace.filter((line) => !/ping/i.test(line)),
    '',
    `Again: npm run simulate -- --seed ${seed} --exchange ${exchange} --side ${isPrivate ? 'private' : 'public'}`,
    '',
  ].join('\n')
}
