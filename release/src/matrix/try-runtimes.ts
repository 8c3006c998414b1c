import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { bringRuntime } from './bring-runtime.js'
import { makeCertificate } from './certificate.js'
import type { Subject } from './checks.js'
import { type Cell, type Check, type Row, tryAll } from './matrix.js'
import type { Runtime } from './runtimes.js'

/** What is tried, and on what. */
export interface Trial {
  /** Of the workspace: it has the programs, and keeps the runtimes. */
  readonly root: string
  /** Where every package of ours and `ws` is installed; the programs are put beside them. */
  readonly plain: string
  /** For what is made on the way. */
  readonly folder: string
  readonly environment: NodeJS.ProcessEnv
  readonly runtimes: readonly Runtime[]
  readonly checks: readonly Check<Subject>[]
  /** How often the readers are measured, each in its turn. */
  readonly rounds: number
  tell(runtime: string, cell: Cell): void
}

/** Brings each runtime, and makes each check on it, one after the other. */
export async function tryRuntimes(trial: Trial): Promise<readonly Row[]> {
  const { root, plain, folder, environment, rounds } = trial
  cpSync(join(root, 'release/programs'), plain, { recursive: true })
  const certificate = await makeCertificate(folder, environment)
  const sideFolder = join(root, 'release/.runtimes')
  const candidates = trial.runtimes.map((runtime) => ({
    name: runtime.name,
    bring: async (): Promise<{ readonly subject: Subject } | { readonly missing: string }> => {
      const { command, missing } = await bringRuntime(runtime, { sideFolder, environment })
      if (command === null) return { missing }
      return { subject: { runtime, command, folder: plain, certificate, environment, rounds } }
    },
  }))
  return tryAll(candidates, trial.checks, (runtime, cell) => trial.tell(runtime, cell))
}
