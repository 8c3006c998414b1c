import type { Registry } from './registry.js'
import type { WorkspaceCopy } from './workspace-copy.js'

/** What the steps share. */
export interface Stage {
  readonly copy: WorkspaceCopy
  readonly registry: Registry
  /** Of whoever installs: the registry is the one of this machine. */
  readonly environment: NodeJS.ProcessEnv
  /** A new folder, gone at the end. */
  newFolder(name: string): string
}

/** One thing that must hold, in the order in which a release goes. */
export interface Step {
  readonly title: string
  run(stage: Stage): Promise<void>
}
