import type { Clock } from '@tapewire/core'

/** Who does what a line of a trace tells. */
export type Actor = 'user' | 'fault' | 'socket' | 'manager' | 'stream' | 'book' | 'check'

/** What happened in a run, one line each, for whoever has to find out why. */
export interface Trace {
  note(actor: Actor, text: string): void
  readonly lines: readonly string[]
}

/** Keeps nothing: most runs are never read. */
export const noTrace: Trace = { note: () => {}, lines: [] }

/** Longest text of a line; requests name every stream. */
const longestText = 200

/** Keeps every line, with its time since now in seconds. */
export function keptTrace(clock: Clock): Trace {
  const startedAt = clock.now()
  const lines: string[] = []
  return {
    lines,
    note(actor, text) {
      const at = ((clock.now() - startedAt) / 1_000).toFixed(3).padStart(9)
      const shown = text.length > longestText ? `${text.slice(0, longestText)}…` : text
      lines.push(`${at}  ${actor.padEnd(7)}  ${shown}`)
    },
  }
}
