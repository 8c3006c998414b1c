import type { WatchedConnection } from './watched-connection.js'
import type { WatchedStream } from './watched-stream.js'

/** `nothing came for 12000 ms, where the longest quiet was 2000 ms before` */
export function quietReason(watched: WatchedStream, nowMs: number): string {
  const { rhythm } = watched
  const before = rhythm.isKnown ? `, where the longest quiet was ${Math.round(rhythm.longestMs)} ms before` : ''
  return `nothing came for ${Math.round(watched.quietMs(nowMs))} ms${before}`
}

/** How long it is until then, for people. */
export function until(atMs: number, nowMs: number): string {
  return `in ${Math.max(0, Math.round(atMs - nowMs))} ms`
}

/** The same, of one on whose connection nothing comes at all. */
export function wholeReason(watched: WatchedStream, whole: WatchedConnection, now: number): string {
  const { replacedAt, nextReplacementAt } = whole
  const told = `${quietReason(watched, now)}, and nothing on its connection`
  if (replacedAt === null || nextReplacementAt <= now) return told
  return `${told}, which was replaced ${Math.round(now - replacedAt)} ms ago: again ${until(nextReplacementAt, now)} at the earliest`
}
