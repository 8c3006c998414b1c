import { type ChildProcess, spawn } from 'node:child_process'

/** What a command printed, and how it ended. */
export interface Ended {
  readonly code: number
  /** Standard output and standard error as they came. */
  readonly output: string
  readonly stdout: string
}

export interface RunOptions {
  readonly cwd: string
  readonly environment: NodeJS.ProcessEnv
  /** How long it may take, ms; default fifteen minutes. */
  readonly timeoutMs?: number
}

const usualTimeoutMs = 900_000
/** So much of what a failed command printed is shown. */
const shownCharacters = 6_000

/** Commands that run now: ended with all that they started, should we end first. */
const running = new Set<ChildProcess>()

/** Runs a command without input and resolves when it has ended, however that was. */
export function run(command: string, words: readonly string[], options: RunOptions): Promise<Ended> {
  return new Promise((resolve, reject) => {
    // A group of its own, so that what it started can be ended with it.
    const child = spawn(command, words, {
      cwd: options.cwd,
      env: options.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    running.add(child)
    const all: Buffer[] = []
    const out: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => {
      all.push(chunk)
      out.push(chunk)
    })
    child.stderr.on('data', (chunk: Buffer) => all.push(chunk))
    const timer = setTimeout(() => endGroup(child), options.timeoutMs ?? usualTimeoutMs)
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(timer)
      running.delete(child)
      resolve({ code: code ?? 1, output: Buffer.concat(all).toString(), stdout: Buffer.concat(out).toString() })
    })
  })
}

/** As `run`. Rejects where it fails, with the end of what it printed. */
export async function succeed(command: string, words: readonly string[], options: RunOptions): Promise<Ended> {
  const ended = await run(command, words, options)
  if (ended.code !== 0) throw new Error(failureText(command, words, ended))
  return ended
}

/** As `run`. Rejects where it succeeds, or fails without these words. */
export async function fail(
  command: string,
  words: readonly string[],
  expected: RegExp,
  options: RunOptions,
): Promise<void> {
  const ended = await run(command, words, options)
  if (ended.code === 0) throw new Error(`\`${command} ${words.join(' ')}\` should have failed, and did not.`)
  if (!expected.test(ended.output)) {
    throw new Error(`It failed, and did not say ${expected}.\n${failureText(command, words, ended)}`)
  }
}

/** Ends whatever runs, and what that started. */
export function endAll(): void {
  for (const child of running) endGroup(child)
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}

function failureText(command: string, words: readonly string[], { code, output }: Ended): string {
  return `\`${command} ${words.join(' ')}\` ended with code ${code}:\n${output.slice(-shownCharacters)}`
}
