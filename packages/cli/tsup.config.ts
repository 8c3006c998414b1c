import type { Options } from 'tsup'
import { packageBuild } from '../../tools/tsup.base.ts'

// A command, not a library: nobody imports it, so it ships no declarations.
const config: Options = { ...packageBuild({ main: 'src/main.ts' }), dts: false }

export default config
