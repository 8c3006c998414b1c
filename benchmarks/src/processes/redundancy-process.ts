// A client with each stream on two connections, in a process of its own; it says when each message reached the handler, and what it was told.
import { setTimeout as sleep } from 'node:timers/promises'
import type { ExchangeFeed } from '@tapewire/core'
import { commands, report } from './child-side.js'
import { type CutClientReady, type CutClientStart, startCutClient } from './cut-client.js'
import { pushContent } from './push-content.js'
import { type LoggedPush, PushLog } from './push-log.js'
import { SkippingClock } from './skipping-clock.js'

export type RedundancyCommand =
  | { readonly kind: 'skip'; readonly skipMs: number }
  | { readonly kind: 'await' }
  | { readonly kind: 'list' }

export type RedundancyReport =
  | { readonly kind: 'skipped' }
  /** Both connections are up, with every stream acknowledged. */
  | { readonly kind: 'whole' }
  /** What reached the handler, and how often a stream was said to be gapped. */
  | { readonly kind: 'listed'; readonly delivered: readonly LoggedPush[]; readonly gaps: number }

const clock = new SkippingClock()
const log = new PushLog()
let feed: ExchangeFeed | null = null
let gaps = 0

async function start(command: CutClientStart): Promise<void> {
  const started = await startCutClient(command, { clock, config: { redundancy: 2, includeRaw: true } })
  started.on('message', ({ raw }) => {
    const content = raw === null ? null : pushContent(command.venue, raw)
    if (content !== null) log.note(content)
  })
  started.on('stream', ({ status }) => {
    if (status === 'gapped') gaps += 1
  })
  feed = started
  report<CutClientReady>({ kind: 'ready' })
}

function isWhole({ manager }: ExchangeFeed): boolean {
  const { connections } = manager.getPerformanceMetrics()
  return connections.every(({ state, streams, activeStreams }) => state === 'connected' && activeStreams === streams)
}

commands<CutClientStart | RedundancyCommand>(async (command) => {
  switch (command.kind) {
    case 'start':
      return start(command)
    case 'skip':
      clock.skip(command.skipMs)
      return report<RedundancyReport>({ kind: 'skipped' })
    case 'await':
      while (feed !== null && !isWhole(feed)) await sleep(2)
      return report<RedundancyReport>({ kind: 'whole' })
    case 'list':
      return report<RedundancyReport>({ kind: 'listed', delivered: log.pushes, gaps })
  }
})
