import type { Options } from 'tsup'
import { packageBuild } from '../../tools/tsup.base.ts'
import { buildPage } from './build-page.ts'

// A command, not a library: nobody imports it, so it ships no declarations. The page of its dashboard is served from its own folder.
const config: Options = {
  ...packageBuild({ main: 'src/main.ts' }),
  dts: false,
  onSuccess: () => buildPage('dist/page'),
}

export default config
