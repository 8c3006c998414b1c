/** What runs programs, as an npm package brings it. */
export interface Runtime {
  /** As people say it: `Node 20.19.0`. */
  readonly name: string
  /** The package that holds the binary, without a script that would have to fetch it. */
  readonly packageName: string
  readonly version: string
  /** Where the binary is in the package. */
  readonly binary: string
  /** What comes before the name of a program. */
  readonly words: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

/** The only machines for which the packages below are binaries. */
export const platform = 'linux-x64'

const node = (version: string): Runtime => ({
  name: `Node ${version}`,
  packageName: `node-${platform}`,
  version,
  binary: 'bin/node',
  words: [],
  environment: {},
})

const bun = (version: string): Runtime => ({
  name: `Bun ${version}`,
  packageName: `@oven/bun-${platform}`,
  version,
  binary: 'bin/bun',
  words: [],
  environment: {},
})

const deno = (version: string): Runtime => ({
  name: `Deno ${version}`,
  packageName: `@deno/${platform}-glibc`,
  version,
  binary: 'deno',
  words: ['run', '--allow-all', '--no-lock'],
  environment: { DENO_NO_UPDATE_CHECK: '1' },
})

/** What the packages are shown to work on. The first is the oldest that their manifests allow. */
export const runtimes: readonly Runtime[] = [
  node('20.19.0'),
  node('20.20.2'),
  node('22.23.3'),
  node('24.21.0'),
  node('26.12.1'),
  bun('1.4.5'),
  deno('2.9.6'),
]
