import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder with what is tested. */
export const tools: string = fileURLToPath(new URL('../..', import.meta.url))

/** Text by path. */
export type Files = Readonly<Record<string, string>>

/** How a program ended. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A folder outside the workspace, with no more in it than a test wants. */
export class SmallWorkspace {
  readonly folder: string

  constructor(files: Files) {
    this.folder = mkdtempSync(join(tmpdir(), 'tapewire-tools-'))
    this.write(files)
  }

  write(files: Files): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true })
      writeFileSync(join(this.folder, path), text)
    }
  }

  /** A command of these lines of a shell. */
  command(path: string, ...lines: readonly string[]): void {
    this.write({ [path]: ['#!/bin/sh', ...lines, ''].join('\n') })
    chmodSync(join(this.folder, path), 0o755)
  }

  /** Runs a script in it, by Node. */
  node(script: string, words: readonly string[] = [], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return this.run(process.execPath, [script, ...words], environment)
  }

  run(command: string, words: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return new Promise((resolve, reject) => {
      const env = { ...process.env, ...environment }
      const child = spawn(command, words, { cwd: this.folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
      const printed = { stdout: '', stderr: '' }
      for (const name of ['stdout', 'stderr'] as const) {
        child[name].on('data', (chunk: Buffer) => {
          printed[name] += chunk.toString()
        })
      }
      child.once('error', reject)
      child.once('close', (code) => resolve({ code, ...printed }))
    })
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
