import { describe, expect, it } from 'vitest'
import { renderReport } from './render-report.js'
import type { ScenarioResult } from './result.js'

const result: ScenarioResult = {
  scenario: 'example',
  title: 'An example',
  runs: 3,
  seconds: 2,
  date: '2026-01-01T12:34:56.000Z',
  command: 'npm run bench -- example --runs 3',
  machine: { cpu: 'Example 9000', cores: 2, memoryGiB: 24, system: 'Linux 6', node: 'v20.19.0', loadBefore: 0.12 },
  columns: [
    { key: 'rate', title: 'messages/s', decimals: 0 },
    { key: 'cost', title: 'µs', decimals: 2 },
    { key: 'never', title: 'never measured', decimals: 0 },
  ],
  rows: [
    { label: 'ours', state: 'measured', reason: null, samples: { rate: [1_000_000, 900_000, 1_100_000], cost: [1] } },
    { label: 'theirs', state: 'not installed', reason: 'npm run bench:peers installs it', samples: {} },
    { label: 'other', state: 'measured', reason: null, samples: { rate: [5, 5] } },
  ],
  notes: ['A note.'],
}

describe('renderReport', () => {
  it('shows median and spread, what was not measured and why, and how to repeat it', () => {
    expect(renderReport([result])).toMatchInlineSnapshot(`
      "# Benchmark results

      Made from \`benchmarks/results.json\` by the command that each table names; not written by hand. How it is measured: \`benchmarks/README.md\`.
      Each cell is the median of the runs, with the least and the most in brackets. Clients take turns (A B C A B C …), each in a process of its own.

      ## An example

      A note.

      | client | messages/s | µs |
      | --- | ---: | ---: |
      | ours | 1,000,000 (900,000–1,100,000) | 1.00 |
      | theirs | not installed: npm run bench:peers installs it | |
      | other | 5 | – |

      3 runs of 2 s. Example 9000, 2 cores, 24 GiB, Linux 6, Node v20.19.0, load 0.1 before. 2026-01-01T12:34Z.
      \`npm run bench -- example --runs 3\`
      "
    `)
  })

  it('says below the table what is dearer than with another build', () => {
    const dearer = ['more than 5 % dearer: ours, µs, by 7.0 %', 'more than 5 % dearer: theirs, µs, by 6.0 %']
    expect(renderReport([{ ...result, dearer }])).toContain(
      '| other | 5 | – |\n\n- more than 5 % dearer: ours, µs, by 7.0 %\n- more than 5 % dearer: theirs, µs, by 6.0 %\n\n3 runs',
    )
  })
})
