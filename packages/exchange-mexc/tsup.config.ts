import type { Options } from 'tsup'
import { packageBuild } from '../../tools/tsup.base.ts'

const config: Options = packageBuild({
  index: 'src/index.ts',
  'testing/index': 'src/testing/index.ts',
})

export default config
