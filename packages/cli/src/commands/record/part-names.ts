import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { partPath } from '@tapewire/testkit'
import { usageError } from '../../cli-error.js'

/** The names of a recording's parts, one after the other. */
export class PartNames {
  readonly #out: string
  /** Null where it is not split. */
  #last: number | null

  /**
   * One that is not split has one part, of the name it was given; throws `ERR_USAGE` where that is there already, or one that is unfinished. Parts are numbered on from those that are there, so that
   * a recorder which is started again goes on.
   */
  constructor(out: string, isSplit: boolean) {
    this.#out = out
    this.#last = isSplit ? highestPart(out) : null
    if (!isSplit) assertFree(out)
  }

  next(): string {
    if (this.#last === null) return this.#out
    this.#last += 1
    return partPath(this.#out, this.#last)
  }
}

function assertFree(out: string): void {
  for (const path of [out, `${out}.part`]) {
    if (!existsSync(path)) continue
    const what = path === out ? '' : ': a recording that did not come to its end'
    throw usageError(`${path} is there already${what}.`, 'Name another file, or move that one away.')
  }
}

function highestPart(out: string): number {
  const pattern = basename(partPath(out, 0))
  const at = pattern.lastIndexOf('.0000')
  const [before, after] = [pattern.slice(0, at + 1), pattern.slice(at + '.0000'.length)]
  const numbers = filesIn(dirname(out)).flatMap((name) => {
    const bare = name.replace(/\.part$/, '')
    const number =
      bare.startsWith(before) && bare.endsWith(after) ? bare.slice(before.length, -after.length || undefined) : ''
    return /^\d+$/.test(number) ? [Number(number)] : []
  })
  return Math.max(0, ...numbers)
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    // Whoever writes there is told why.
    return []
  }
}
