import type { Options } from 'tsup'
import { packageBuild } from '../../tools/tsup.base.ts'

const config: Options = packageBuild({ index: 'src/index.ts', encoding: 'src/encoding.ts' })

export default config
