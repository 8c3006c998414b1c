import type { CommandContext } from '../command-context.js'
import type { LiveFeed } from '../live/live-feed.js'
import { formatTime } from '../messages/format-number.js'

const mostTold = 20

/** What went wrong on a screen that is gone, oldest first: what was lost, refused or silent, with its time (UTC). */
export function tellWhatMattered(context: CommandContext, feeds: readonly Pick<LiveFeed, 'exchange' | 'log'>[]): void {
  const events = feeds
    .flatMap(({ exchange, log }) => log.map((event) => ({ ...event, exchange })))
    .filter(({ level }) => level !== 'info')
    .sort((left, right) => left.at - right.at)
  const earlier = events.length - mostTold
  if (earlier > 0) context.note(`${earlier} earlier ${earlier === 1 ? 'trouble is' : 'troubles are'} left out.`)
  for (const { at, exchange, text } of events.slice(-mostTold)) {
    // Most begin with the name of a connection, which has it.
    context.note(`${formatTime(at)} ${text.startsWith(exchange) ? '' : `${exchange}: `}${text}`)
  }
}
