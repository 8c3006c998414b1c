import type { DataMessage } from '@tapewire/core'
import type { BackfillPage } from '@tapewire/core/adapter'

/** A span of time, epoch ms, both ends included. */
export interface Window {
  readonly from: number
  readonly to: number
}

/** The windows that are still to be asked for, as a cursor: `1767225600000-1767225609999,…`. */
export function windowsIn(cursor: string | null, whole: Window): readonly Window[] {
  if (cursor === null) return [whole]
  return cursor.split(',').map((window) => {
    const [from, to] = window.split('-').map(Number)
    return { from: from as number, to: to as number }
  })
}

export function cursorOf(windows: readonly Window[]): string | null {
  return windows.length === 0 ? null : windows.map(({ from, to }) => `${from}-${to}`).join(',')
}

/** Both halves of a window; null where it is one millisecond. */
export function halvesOf({ from, to }: Window): readonly [Window, Window] | null {
  if (from >= to) return null
  const middle = Math.floor((from + to) / 2)
  return [
    { from, to: middle },
    { from: middle + 1, to },
  ]
}

/**
 * One page of what is asked for by time: the next window, halved where its answer is full, whichever end of it that leaves out. Of a full answer nothing is kept: its
 * halves bring it again. Only a full millisecond is all that can be had.
 */
export async function fetchWindow(
  cursor: string | null,
  { from, to }: Window,
  mostRows: number,
  fetch: (window: Window) => Promise<readonly DataMessage[]>,
): Promise<BackfillPage> {
  const [window, ...others] = windowsIn(cursor, { from, to })
  if (window === undefined) return { messages: [], next: null, reachesBack: true }
  const messages = await fetch(window)
  const isFull = messages.length >= mostRows
  const halves = isFull ? halvesOf(window) : null
  if (halves !== null) return { messages: [], next: cursorOf([...halves, ...others]), reachesBack: true }
  return { messages, next: cursorOf(others), reachesBack: !isFull }
}
