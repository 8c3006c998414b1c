import type { Timer } from '@tapewire/core'
import { systemClock } from '@tapewire/core/adapter'
import type { CommandContext } from '../command-context.js'
import type { LiveFeed } from '../live/live-feed.js'
import { untilOver } from '../wait.js'
import { KeyInput } from './key-input.js'
import { colourDepth } from './paint.js'
import { TerminalScreen } from './terminal-screen.js'
import { Viewer } from './viewer.js'
import { tellWhatMattered } from './what-mattered.js'

export interface WatchOptions {
  /** Null watches until the person quits. */
  readonly durationMs: number | null
  /** Ends it. */
  readonly signal: AbortSignal
  /** How a program of one's own connects to those that run on this machine. */
  readonly connectTexts: ReadonlyMap<LiveFeed, string>
}

/** How often the screen is drawn, ms. */
const frameMs = 200

/** Shows the feeds until the time is up, the person quits or the signal ends it; then the terminal is as it was, and what went wrong is told. Rejects where the screen cannot be drawn. */
export async function watchFeeds(
  context: CommandContext,
  feeds: readonly LiveFeed[],
  { durationMs, signal, connectTexts }: WatchOptions,
): Promise<void> {
  const { io } = context
  const screen = new TerminalScreen(io.stdout, context.hasColours ? colourDepth(io.environment ?? {}) : 'none')
  const viewer = new Viewer(feeds, connectTexts, systemClock)
  const over = new AbortController()
  let failure: { readonly thrown: unknown } | null = null
  const draw = (): void => {
    try {
      screen.draw(viewer.frame(screen.size))
    } catch (thrown) {
      failure ??= { thrown }
      over.abort()
    }
  }
  const onResize = (): void => {
    screen.forget()
    draw()
  }
  const keys = new KeyInput(io.stdin, (key) => {
    if (key === 'quit') over.abort()
    else if (key === 'suspend') void suspend()
    else if (key === 'redraw') screen.forget()
    else viewer.press(key)
    draw()
  })
  const giveBack = (): void => {
    keys.close()
    screen.close()
  }
  const take = (): void => {
    keys.open()
    screen.open()
  }
  const suspend = async (): Promise<void> => {
    if (io.suspend === undefined) return
    giveBack()
    await io.suspend()
    if (over.signal.aborted) return
    take()
    draw()
  }
  let timer: Timer | undefined
  const drawSoon = (): void => {
    timer = systemClock.setTimer(frameMs, () => {
      draw()
      drawSoon()
    })
  }
  const release = context.holdNotices((text) => viewer.note(text))
  io.onScreen?.(giveBack)
  io.stdout.on('resize', onResize)
  try {
    take()
    draw()
    drawSoon()
    await untilOver(durationMs, AbortSignal.any([signal, over.signal]))
  } finally {
    timer?.cancel()
    io.stdout.off('resize', onResize)
    giveBack()
    io.onScreen?.(null)
    release()
  }
  tellWhatMattered(context, feeds)
  if (failure !== null) throw (failure as { readonly thrown: unknown }).thrown
}
