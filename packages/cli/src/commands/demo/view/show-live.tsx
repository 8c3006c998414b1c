import type { Timer } from '@tapewire/core'
import { systemClock } from '@tapewire/core/adapter'
import { render, useInput } from 'ink'
import type { ReactElement } from 'react'
import type { CommandContext } from '../../../command-context.js'
import type { EmulatedFeed } from '../../../live/open-emulated-feeds.js'
import { untilOver } from '../../../wait.js'
import { connectText } from '../connect-text.js'
import { DemoView, type DemoViewProps } from './demo-view.js'
import { panelModel } from './panel-model.js'

/** How often the screen is drawn, ms. */
const frameMs = 200

/** Shows the exchanges until the time is up, Ctrl-C or q; then the terminal is as it was. */
export async function showLive(
  context: CommandContext,
  feeds: readonly EmulatedFeed[],
  durationMs: number | null,
): Promise<void> {
  const { stdout, stdin } = context.io
  const startedAt = systemClock.now()
  const quit = new AbortController()
  const readsKeys = stdin?.isTTY === true
  const help = feeds.map((feed) => ({ title: feed.title, code: connectText(feed) }))
  let showsHelp = false
  const onKey = (key: 'quit' | 'connect'): void => {
    if (key === 'quit') {
      quit.abort()
      return
    }
    showsHelp = !showsHelp
    instance.rerender(frame())
  }
  const frame = (): ReactElement => {
    const props: DemoViewProps = {
      panels: feeds.map(panelModel),
      elapsedMs: systemClock.now() - startedAt,
      columns: stdout.columns ?? 80,
      rows: stdout.rows ?? 24,
      hint: readsKeys ? `c ${showsHelp ? 'goes back' : 'connects your own'}, q quits` : 'Ctrl-C quits',
      help: showsHelp ? help : null,
    }
    return readsKeys ? <KeyedView {...props} onKey={onKey} /> : <DemoView {...props} />
  }
  const instance = render(frame(), {
    stdout: stdout as NodeJS.WriteStream,
    ...(stdin === undefined ? {} : { stdin: stdin as NodeJS.ReadStream }),
    exitOnCtrlC: false,
    patchConsole: false,
  })
  const drawSoon = (): Timer =>
    systemClock.setTimer(frameMs, () => {
      instance.rerender(frame())
      timer = drawSoon()
    })
  let timer = drawSoon()
  try {
    await untilOver(durationMs, AbortSignal.any([context.signal, quit.signal]))
  } finally {
    timer.cancel()
    instance.clear()
    instance.unmount()
  }
}

/** Reads keys as well: the terminal is in raw mode then, in which Ctrl-C is one of them. */
function KeyedView({
  onKey,
  ...props
}: DemoViewProps & { readonly onKey: (key: 'quit' | 'connect') => void }): ReactElement {
  useInput((input, key) => {
    if (input === 'q' || key.escape || (key.ctrl && input === 'c')) onKey('quit')
    else if (input === 'c') onKey('connect')
  })
  return <DemoView {...props} />
}
