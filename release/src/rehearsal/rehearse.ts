import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endAll } from '../command/run.js'
import { ownCaches, surroundings } from '../command/surroundings.js'
import { Registry } from './stage/registry.js'
import type { Stage, Step } from './stage/stage.js'
import { WorkspaceCopy } from './stage/workspace-copy.js'
import { brokenPackages } from './steps/broken-packages.js'
import { everyRuntime } from './steps/every-runtime.js'
import { foreignAdapter } from './steps/foreign-adapter.js'
import { nextReleases } from './steps/next-releases.js'
import { publish } from './steps/publish.js'
import { strangers } from './steps/strangers.js'
import { versions } from './steps/versions.js'

/** How a step went. */
export interface Outcome {
  readonly title: string
  readonly seconds: number
  /** Null where it holds. */
  readonly fault: string | null
}

const firstRelease: readonly Step[] = [...versions, ...publish]

const afterIt: readonly Step[] = [...brokenPackages, ...strangers, ...foreignAdapter, ...nextReleases]

/**
 * Plays a release of the workspace at `root` through, and tells of each step. What follows on a step that fails is not tried. What only needs the first release goes on
 * beside what follows: it waits for others as much as it works.
 */
export async function rehearse(
  root: string,
  tell: (outcome: Outcome) => void,
  show: (text: string) => void,
): Promise<readonly Outcome[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tapewire-release-'))
  const environment = { ...surroundings(), ...ownCaches(folder) }
  // None of ours is installed into the copy: what others published may come from where it lies on this machine already.
  const copy = new WorkspaceCopy(join(folder, 'tree'), surroundings())
  const outcomes: Outcome[] = []
  let registry: Registry | null = null
  const holds = async (title: string, prove: () => Promise<void>): Promise<boolean> => {
    const outcome = await timed(title, prove)
    outcomes.push(outcome)
    tell(outcome)
    return outcome.fault === null
  }
  try {
    const isReady = await holds('a copy of the tree, and a registry on this machine', async () => {
      await copy.fill(root)
      registry = await Registry.start(join(root, 'release/.verdaccio'), join(folder, 'registry'), environment)
      copy.write('.npmrc', registry.npmrc)
      await copy.commit('the registry of this machine')
    })
    if (!isReady || registry === null) return outcomes
    const { url, npmrc } = registry as Registry
    const stage: Stage = {
      root,
      show,
      copy,
      registry,
      environment: { ...environment, npm_config_registry: url },
      newFolder: (name) => {
        const made = mkdtempSync(join(folder, `${name}-`))
        new WorkspaceCopy(made, environment).write('.npmrc', npmrc)
        return made
      },
    }
    const inTurn = async (steps: readonly Step[]): Promise<boolean> => {
      for (const step of steps) if (!(await holds(step.title, () => step.run(stage)))) return false
      return true
    }
    if (await inTurn(firstRelease)) await Promise.all([inTurn([everyRuntime]), inTurn(afterIt)])
    return outcomes
  } finally {
    await (registry as Registry | null)?.stop()
    endAll()
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

async function timed(title: string, prove: () => Promise<void>): Promise<Outcome> {
  const began = Date.now()
  const seconds = (): number => Math.round((Date.now() - began) / 100) / 10
  try {
    await prove()
    return { title, seconds: seconds(), fault: null }
  } catch (thrown) {
    return { title, seconds: seconds(), fault: thrown instanceof Error ? thrown.message : String(thrown) }
  }
}
