import { join } from 'node:path'

/** The surroundings of a command: nothing of a run of npm above us, and nothing that asks or tells. */
export function surroundings(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    // What npm tells its scripts, but for the registry, would be taken for settings.
    ([name]) => !/^npm_(?!config_registry$)/i.test(name) && name !== 'INIT_CWD',
  )
  return {
    ...Object.fromEntries(kept),
    CI: 'true',
    NO_COLOR: '1',
    TURBO_TELEMETRY_DISABLED: '1',
    DO_NOT_TRACK: '1',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
    YARN_ENABLE_TELEMETRY: '0',
  }
}

/** The package manager of the workspace at `root`, as a command and its first words: to have `npx` find it takes longer than what it is asked for. */
export function pnpmOf(root: string): readonly [string, string] {
  return [process.execPath, join(root, 'node_modules/pnpm/bin/pnpm.cjs')]
}

/** Caches below `folder` for what is published twice in versions alike. */
export function ownCaches(folder: string): NodeJS.ProcessEnv {
  return {
    npm_config_cache: join(folder, 'npm-cache'),
    npm_config_store_dir: join(folder, 'pnpm-store'),
    YARN_GLOBAL_FOLDER: join(folder, 'yarn'),
  }
}
