import { type ChildProcess, fork } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Plugin } from 'esbuild'
import { bundleSources } from '../bundle.js'
import type { Mutation } from '../mutation.js'
import { workspace } from '../workspace.js'
import type { Answer, Job } from './job.js'

/** How long the checks of one adapter may take, ms: some broken code runs in circles. */
const patienceMs = 240_000

const packages: Readonly<Record<string, string>> = { gateio_spot: 'exchange-gateio', mexc_spot: 'exchange-mexc' }

/** What adapters import of us, by the file it becomes: it is whole, and built once. */
const kit: Readonly<Record<string, string>> = {
  '@tapewire/core': 'core',
  '@tapewire/core/adapter': 'adapter',
  '@tapewire/core/testing': 'testing',
  '@tapewire/testkit': 'testkit',
}

/** Where broken adapters are made and tried: a folder with the kit and core from their sources, and processes that run the checks. */
export class Workshop {
  readonly #folder: string
  readonly #idle: ChildProcess[] = []
  #made = 0

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async open(): Promise<Workshop> {
    const folder = await mkdtemp(join(tmpdir(), 'tapewire-mutants-'))
    const source = (path: string): string => join(workspace, path)
    await bundleSources(
      {
        entryPoints: {
          core: source('packages/core/src/index.ts'),
          adapter: source('packages/core/src/adapter.ts'),
          testing: source('packages/core/src/testing.ts'),
          testkit: source('packages/testkit/src/index.ts'),
          worker: source('mutants/src/conformance/worker.ts'),
        },
        outdir: folder,
        outExtension: { '.js': '.mjs' },
        splitting: true,
      },
      null,
    )
    return new Workshop(folder)
  }

  /** Runs checks against an adapter with this mutation, or as it is. A check that never comes back is an answer too: `broken`. Rejects where the mutation does not apply. */
  async run(
    exchange: string,
    mutation: Mutation | null,
    { only, asksEmulation }: Pick<Job, 'only' | 'asksEmulation'>,
  ): Promise<Answer> {
    this.#made += 1
    const outfile = join(this.#folder, `adapter-${this.#made}.mjs`)
    const entry = join(workspace, 'packages', packages[exchange] as string, 'src')
    await bundleSources(
      {
        entryPoints: [wholeAdapter],
        outfile,
        plugins: [wholeKit(entry)],
      },
      mutation,
    )
    return this.#ask({ file: pathToFileURL(outfile).href, exchange, only, asksEmulation })
  }

  async close(): Promise<void> {
    for (const worker of this.#idle) worker.kill()
    await rm(this.#folder, { recursive: true, force: true })
  }

  #ask(job: Job): Promise<Answer> {
    const worker =
      this.#idle.pop() ?? fork(join(this.#folder, 'worker.mjs'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    return new Promise((resolve) => {
      const settle = (answer: Answer, isReusable: boolean): void => {
        clearTimeout(timer)
        worker.removeAllListeners()
        if (isReusable) this.#idle.push(worker)
        else worker.kill('SIGKILL')
        resolve(answer)
      }
      const timer = setTimeout(() => settle({ broken: `no end after ${patienceMs / 1_000} s` }, false), patienceMs)
      worker.once('message', (answer: Answer) => settle(answer, true))
      worker.once('exit', (code) => settle({ broken: `the process ended with ${code}` }, false))
      worker.send(job)
    })
  }
}

/** The entry of a bundle that has both sides of an exchange. */
const wholeAdapter = 'whole-adapter'

/** The adapter of this folder and its emulation, beside the kit that is built already. */
function wholeKit(folder: string): Plugin {
  return {
    name: 'whole kit',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^@tapewire\// }, ({ path }) => {
        const file = kit[path]
        return file === undefined ? null : { path: `./${file}.mjs`, external: true }
      })
      onResolve({ filter: /^whole-adapter$/ }, () => ({ path: wholeAdapter, namespace: wholeAdapter }))
      onLoad({ filter: /.*/, namespace: wholeAdapter }, () => ({
        contents: "export { exchanges } from './index.ts'\nexport { emulations } from './testing/index.ts'",
        resolveDir: folder,
      }))
    },
  }
}
