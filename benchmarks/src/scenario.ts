import type { Build } from './processes/build.js'

/** How long and how often. */
export interface RunOptions {
  /** Runs of each client, in turn. */
  readonly runs: number
  /** Length of each measurement. */
  readonly seconds: number
  /** Length of the memory measurement. */
  readonly minutes: number
  /** Only clients whose label contains this; null for all. */
  readonly only: string | null
  /** Another build: our clients alone are measured, each of this build and then of that one, run by run (A B A B …). Null to measure this one beside its peers. */
  readonly other: Build | null
  /** Says what is being done. */
  progress(text: string): void
}

/** One figure of a table. */
export interface Column {
  readonly key: string
  readonly title: string
  /** Decimal places. */
  readonly decimals: number
}

/** What came of one client: one sample for each run. */
export interface Row {
  readonly label: string
  readonly state: 'measured' | 'failed' | 'not installed'
  /** Why it is not measured, or null. */
  readonly reason: string | null
  /** By column; a figure that a client does not have is left out. */
  readonly samples: Readonly<Record<string, readonly number[]>>
}

/** What a scenario found. */
export interface ScenarioTable {
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
  /** What a reader must know to read the table rightly. */
  readonly notes: readonly string[]
  /** What costs more than it may, and how much: than is claimed of it, or, where two builds are compared, than in the other. */
  readonly dearer?: readonly string[]
}

/** One question, and how it is answered. */
export interface Scenario {
  /** As it is called on the command line, and its file. */
  readonly name: string
  readonly title: string
  /** Where it is one run of `minutes`, and not `runs` of `seconds`. */
  readonly isLong?: true
  /** Keys of the columns by which two builds are compared: costs, so that less is better. Left out where the question is not one of cost. */
  readonly comparedBy?: readonly string[]
  run(options: RunOptions): Promise<ScenarioTable>
}
