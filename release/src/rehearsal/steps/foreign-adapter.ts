import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { run, succeed } from '../../command/run.js'
import type { Stage, Step } from '../stage/stage.js'
import { installedProject } from './strangers.js'

interface Report {
  readonly passed: number
  readonly failed: number
  readonly checks: readonly { readonly id: string; readonly status: string; readonly reason: string | null }[]
}

async function conformance(stage: Stage, folder: string, what: string): Promise<Report> {
  const command = join(folder, 'node_modules/.bin/tapewire')
  const options = { cwd: folder, environment: stage.environment, timeoutMs: 240_000 }
  const { stdout, output } = await run(command, ['conformance', what, '--json'], options)
  try {
    return JSON.parse(stdout) as Report
  } catch {
    throw new Error(`tapewire conformance ${what} gave no report:\n${output.slice(-3_000)}`)
  }
}

/** What was published, used by somebody who checks and writes adapters. */
export const foreignAdapter: readonly Step[] = [
  {
    title: 'tapewire conformance passes the published adapter of Gate.io',
    async run(stage) {
      const { failed, passed, checks } = await conformance(stage, installedProject(stage), '@tapewire/exchange-gateio')
      const faults = checks.filter(({ status }) => status === 'fail').map(({ id, reason }) => `${id}: ${reason}`)
      if (failed > 0 || passed === 0) throw new Error(`${passed} passed, ${failed} failed: ${faults.join('; ')}`)
    },
  },
  {
    title: 'an adapter that tapewire new-exchange wrote installs, builds and is found',
    async run(stage) {
      const folder = installedProject(stage)
      const here = { cwd: folder, environment: stage.environment }
      await succeed(join(folder, 'node_modules/.bin/tapewire'), ['new-exchange', 'acme', '--private'], here)
      const adapter = join(folder, 'tapewire-exchange-acme')
      const there = { cwd: adapter, environment: stage.environment }
      await succeed('npm', ['install', '--no-package-lock'], there)
      await succeed('npm', ['run', 'build'], there)
      if (!existsSync(join(adapter, 'dist/index.js'))) throw new Error('It built nothing.')
      const { checks, passed } = await conformance(stage, folder, './tapewire-exchange-acme')
      if (checks.length === 0 || passed === 0) throw new Error('No check of the conformance kit ran on it.')
    },
  },
]
