import type { CheckNews } from './check-news.js'
import { exitCodes } from './exit-codes.js'

/** What a relay that is watched tells: the instruments that it has from now on, as a member of a group. */
export interface RelayNews {
  readonly kind: 'owned'
  readonly symbols: readonly string[]
}

/** What a process that is watched tells the one that started it. */
export type WatchedNews = CheckNews | RelayNews

/** Set for the process that is watched, and for none that it starts itself. */
const mark = 'TAPEWIRE_WATCHED'

/** For a process that is to be watched: it leaves Ctrl-C to whoever started it, hears from there when it is to end, and ends when that one is gone. */
export function watchedEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, [mark]: '1' }
}

/** Tells whoever watches this process; null where nobody does. Ends the process where whoever was to watch it is gone already. */
export function newsTeller(): ((news: WatchedNews) => void) | null {
  const isWatched = process.env[mark] === '1'
  delete process.env[mark]
  if (!isWatched) return null
  if (process.connected !== true) process.exit(exitCodes.interrupted)
  return (news) => void process.send?.(news)
}
