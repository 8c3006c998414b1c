import type { Options } from 'tsup'
import { packageBuild } from '../../tools/tsup.base.ts'

// A command, not a library: nobody imports it, so it ships no declarations. The page of its dashboard is a build of its own (`build:page`).
const config: Options = packageBuild({ main: 'src/main.ts' })

export default config
