import type { Registry } from './registry.js'
import type { WorkspaceCopy } from './workspace-copy.js'

/** What the steps share. */
export interface Stage {
  /** The workspace that is rehearsed; nothing is changed in it. */
  readonly root: string
  readonly copy: WorkspaceCopy
  readonly registry: Registry
  /** Of whoever installs: the registry is the one of this machine. */
  readonly environment: NodeJS.ProcessEnv
  /** A new folder, gone at the end. */
  newFolder(name: string): string
  /** Prints what there is to see of a step, beside whether it holds. */
  show(text: string): void
}

/** One thing that must hold, in the order in which a release goes. */
export interface Step {
  readonly title: string
  run(stage: Stage): Promise<void>
}
