import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { type ExchangeName, exchangeNames } from './script/script.js'

/** What is to be done. */
export interface CommandLine {
  readonly task: 'help' | 'seeds' | 'seed' | 'soak' | 'self-test'
  /** The first seed, and how many. */
  readonly from: number
  readonly seeds: number
  readonly workers: number
  /** Undefined where the seeds choose. */
  readonly exchange: ExchangeName | undefined
  readonly side: 'public' | 'private' | undefined
  /** Of one seed: every line, and the script as it was composed, instead of the shortest. */
  readonly isWhole: boolean
  /** Of the self-test: only mutations whose name contains this. */
  readonly only: string | null
  /** Of the soak: hours on its own clock. */
  readonly hours: number
}

export const helpText: string = `Usage: npm run simulate -- [options]

Runs seeds, each an outage-ridden life of a feed on a clock of its own, and looks after every moment whether everything
that must hold does. The first seed that fails is printed with the shortest trace that can be found; the exit code is 1.

Options:
  --seeds N      how many (default 1000)
  --from N       the first (default 1)
  --seed N       this one alone
  --trace        with --seed: all of it, line by line, whether it fails or not
  --exchange E   gateio_spot or mexc_spot (default: the seed chooses; with --soak both)
  --side S       public or private (default: the seed chooses)
  --workers N    threads (default: as many as there are cores, ${availableParallelism()} here)
  --soak         instead: a day of 1000 reconnections with 300 streams, and what that leaves behind
  --hours H      with --soak: how long the day is (default 24)
  --self-test    instead: breaks the code in named ways, and shows by which seed each is caught
  --only TEXT    with --self-test: only ways whose name contains TEXT
  --help
`

const sides: readonly string[] = ['public', 'private']

/** Throws a `TypeError` that says what cannot be understood. */
export function readCommandLine(commandArguments: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...commandArguments],
    options: {
      seeds: { type: 'string' },
      from: { type: 'string' },
      seed: { type: 'string' },
      trace: { type: 'boolean', default: false },
      exchange: { type: 'string' },
      side: { type: 'string' },
      workers: { type: 'string' },
      soak: { type: 'boolean', default: false },
      hours: { type: 'string' },
      'self-test': { type: 'boolean', default: false },
      only: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const tasks = [values.seed !== undefined, values.soak, values['self-test']].filter(Boolean)
  if (tasks.length > 1) throw new TypeError('--seed, --soak and --self-test exclude each other.')
  if (values.seed !== undefined && (values.seeds !== undefined || values.from !== undefined)) {
    throw new TypeError('--seed is one alone: leave out --seeds and --from.')
  }
  if (values.trace && values.seed === undefined) throw new TypeError('--trace shows one seed: name it with --seed.')
  if (values.hours !== undefined && !values.soak) throw new TypeError('--hours belongs to --soak.')
  if (values.only !== undefined && !values['self-test']) throw new TypeError('--only belongs to --self-test.')
  const hours = Number(values.hours ?? 24)
  if (!(hours > 0 && hours <= 1_000))
    throw new TypeError(`--hours is a number above 0, at most 1000, not ${values.hours}.`)
  return {
    task: values.help
      ? 'help'
      : values.soak
        ? 'soak'
        : values['self-test']
          ? 'self-test'
          : values.seed === undefined
            ? 'seeds'
            : 'seed',
    from: wholeNumber('seed', values.seed) ?? wholeNumber('from', values.from) ?? 1,
    seeds: values.seed === undefined ? (wholeNumber('seeds', values.seeds) ?? 1_000) : 1,
    workers: wholeNumber('workers', values.workers) ?? availableParallelism(),
    exchange: oneOf('exchange', exchangeNames, values.exchange) as ExchangeName | undefined,
    side: oneOf('side', sides, values.side) as CommandLine['side'],
    isWhole: values.trace,
    only: values.only ?? null,
    hours,
  }
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= 1 && value <= 2_000_000_000) return value
  throw new TypeError(`--${name} is a whole number from 1 on, not ${text}.`)
}

function oneOf(name: string, known: readonly string[], text: string | undefined): string | undefined {
  if (text === undefined || known.includes(text)) return text
  throw new TypeError(`--${name} is one of ${known.join(', ')}, not ${text}.`)
}
