import { parseArgs } from 'node:util'
import { peers } from './catalogue.js'
import type { Peer } from './peer.js'

/** Which clients to try, and for how long. */
export interface CommandLine {
  readonly peers: readonly Peer[]
  readonly durationMs: number
  readonly help: boolean
}

export const helpText: string = `Usage: npm run peers -- [options]

Runs clients of other people against the emulated exchanges, one after the other, and compares what they hold with the simulated truth.

Options:
  --duration T  how long each runs: 90s or 5m (default 60s)
  --only LIST   only these, separated by commas: ${peers.map(({ name }) => name).join(',')}

The exit code is 1 where anything differs or a channel brought nothing, 2 for a wrong command line or a client that is not installed
(npm run bench:peers installs them).
`

const unitsMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000 }

/** Throws a `TypeError` that says what cannot be understood. */
export function readCommandLine(commandArguments: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...commandArguments],
    options: {
      duration: { type: 'string', default: '60s' },
      only: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const chosen = values.only === undefined ? peers : values.only.split(',').map(peerNamed)
  return { peers: chosen, durationMs: milliseconds(values.duration), help: values.help }
}

function milliseconds(text: string): number {
  const [, count, unit] = /^(\d+)([sm])$/.exec(text) ?? []
  const duration = Number(count) * (unitsMs[unit ?? ''] ?? Number.NaN)
  if (duration > 0) return duration
  throw new TypeError(`--duration is a number of seconds or minutes, as in 90s or 5m, not ${text}.`)
}

function peerNamed(name: string): Peer {
  const peer = peers.find((one) => one.name === name)
  if (peer !== undefined) return peer
  throw new TypeError(`There is no client ${name}. There are: ${peers.map((one) => one.name).join(', ')}.`)
}
