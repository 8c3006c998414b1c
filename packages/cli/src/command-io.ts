import type { WatchedNews } from './watched-process.js'

/** What a run of the command reads and writes. */
export interface CommandIo {
  readonly stdout: NodeJS.WritableStream & {
    readonly isTTY?: boolean
    readonly columns?: number
    readonly rows?: number
  }
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean }
  readonly stdin?: NodeJS.ReadableStream & { readonly isTTY?: boolean; setRawMode?(isRaw: boolean): unknown }
  /** Aborted by Ctrl-C. */
  readonly signal?: AbortSignal
  /** Told the name of each package that is not ours before its code is run. */
  readonly onGuest?: (name: string) => void
  /** Where another process watches this one, told how the checks of `conformance` get on, or what a relay of a group has. */
  readonly onNews?: (news: WatchedNews) => void
  /** Told how the terminal is given back while a screen is shown on it, and null afterwards: whatever ends the process then does it first. */
  readonly onScreen?: (giveBack: (() => void) | null) => void
  /** Stops the process as Ctrl-Z does, for the keys of a screen do not; resolves when it goes on. */
  readonly suspend?: () => Promise<void>
  readonly environment?: Readonly<Record<string, string | undefined>>
}
