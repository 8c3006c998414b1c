import type { Options } from 'tsup'
import { packageBuild } from '../../tools/tsup.base.ts'

const config: Options = packageBuild({
  index: 'src/index.ts',
  adapter: 'src/adapter.ts',
  prometheus: 'src/prometheus.ts',
  testing: 'src/testing.ts',
})

export default config
