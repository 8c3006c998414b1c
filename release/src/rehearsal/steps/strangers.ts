import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { succeed } from '../../command/run.js'
import { pnpmOf } from '../../command/surroundings.js'
import type { Stage, Step } from '../stage/stage.js'
import { quickStart, readme, runQuickStart, runReadme } from './examples.js'

/** How somebody installs packages. */
interface Manager {
  readonly name: string
  /** Beside `package.json`; text by file. */
  readonly files: (registry: string) => Readonly<Record<string, string>>
  readonly install: (root: string) => readonly [command: string, ...words: string[]]
}

const managers: readonly Manager[] = [
  { name: 'npm', files: () => ({}), install: () => ['npm', 'install', '--no-package-lock'] },
  { name: 'pnpm', files: () => ({}), install: (root) => [...pnpmOf(root), 'install', '--no-frozen-lockfile'] },
  {
    name: 'yarn',
    files: (registry) => ({
      '.yarnrc.yml': `nodeLinker: node-modules\nnpmRegistryServer: ${JSON.stringify(registry)}\nunsafeHttpWhitelist: ["127.0.0.1"]\nenableImmutableInstalls: false\n# What was published a moment ago is what is looked at.\nnpmMinimalAgeGate: 0\n`,
      'yarn.lock': '',
    }),
    install: () => ['npx', '-y', '@yarnpkg/cli-dist@4.18.1', 'install'],
  },
]

/** What a stranger's project needs of us, by the folder of the package. */
const wanted = ['core', 'exchange-gateio', 'testkit', 'cli']
const compilers = { 'TypeScript 5.9': 'npm:typescript@5.9.3', 'TypeScript 6.0': 'npm:typescript@6.0.3' }
const resolutions = {
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
}

/** A project of somebody who has never seen the workspace, with what was published. */
async function newProject(stage: Stage, { name, files, install }: Manager): Promise<string> {
  const folder = stage.newFolder(name)
  const manifests = wanted.map((one) => stage.copy.manifest(one))
  const manifest = {
    name: 'stranger',
    private: true,
    type: 'module',
    dependencies: Object.fromEntries(manifests.map((one) => [one.name, one.version])),
    devDependencies: {
      '@types/node': '20.19.43',
      'typescript-5': compilers['TypeScript 5.9'],
      'typescript-6': compilers['TypeScript 6.0'],
    },
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2))
  for (const [file, text] of Object.entries(files(stage.registry.url))) writeFileSync(join(folder, file), text)
  const [command, ...words] = install(stage.root)
  await succeed(command, words, { cwd: folder, environment: stage.environment })
  return folder
}

async function checkTypes(stage: Stage, folder: string): Promise<void> {
  mkdirSync(join(folder, 'src'), { recursive: true })
  writeFileSync(join(folder, 'src/quick-start.ts'), quickStart(stage))
  writeFileSync(join(folder, 'src/feed.ts'), readme(stage))
  for (const [resolution, options] of Object.entries(resolutions)) {
    const project = join(folder, `tsconfig.${resolution}.json`)
    const compilerOptions = {
      ...options,
      target: 'es2022',
      strict: true,
      skipLibCheck: false,
      noEmit: true,
      types: ['node'],
    }
    writeFileSync(project, JSON.stringify({ compilerOptions, include: ['src'] }))
    for (const compiler of ['typescript-5', 'typescript-6']) {
      const words = [join(folder, 'node_modules', compiler, 'lib/tsc.js'), '-p', project]
      await succeed(process.execPath, words, { cwd: folder, environment: stage.environment })
    }
  }
}

async function runDemo(stage: Stage, folder: string): Promise<void> {
  const command = join(folder, 'node_modules/.bin/tapewire')
  const options = { cwd: folder, environment: stage.environment, timeoutMs: 60_000 }
  const { stdout } = await succeed(command, ['demo', '--duration', '3s', '--json'], options)
  const { exchanges } = JSON.parse(stdout) as { exchanges: Record<string, { messages: Record<string, number> }> }
  for (const [name, { messages }] of Object.entries(exchanges)) {
    if (!Object.values(messages).some((count) => count > 0)) throw new Error(`The demo has no messages of ${name}.`)
  }
}

/** Projects that npm has installed, for what others try in them: installing takes longer than that. */
const installed = new WeakMap<Stage, string>()

/** The project that was installed with npm; throws where none was. */
export function installedProject(stage: Stage): string {
  const folder = installed.get(stage)
  if (folder === undefined) throw new Error('Nothing was installed with npm before.')
  return folder
}

/** Whoever installs what was published, and has nothing else. */
export const strangers: readonly Step[] = [
  ...managers.map((manager) => ({
    title: `installed with ${manager.name}: types hold in two compilers and two resolutions, the examples of README and quick start and the demo run`,
    async run(stage: Stage) {
      const folder = await newProject(stage, manager)
      await checkTypes(stage, folder)
      await runReadme(stage, folder)
      await runQuickStart(stage, folder)
      await runDemo(stage, folder)
      if (manager.name === 'npm') installed.set(stage, folder)
    },
  })),
]
