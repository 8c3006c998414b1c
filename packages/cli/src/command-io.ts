import type { CheckNews } from './commands/conformance/watch/check-news.js'

/** What a run of the command reads and writes. */
export interface CommandIo {
  readonly stdout: NodeJS.WritableStream & {
    readonly isTTY?: boolean
    readonly columns?: number
    readonly rows?: number
  }
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean }
  readonly stdin?: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  /** Aborted by Ctrl-C. */
  readonly signal?: AbortSignal
  /** Told the name of each package that is not ours before its code is run. */
  readonly onGuest?: (name: string) => void
  /** Told how the checks of `conformance` get on, by who watches the process that runs them. */
  readonly onNews?: (news: CheckNews) => void
  readonly environment?: Readonly<Record<string, string | undefined>>
}
