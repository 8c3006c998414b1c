import type { Shot, ShownStream } from '../shot.js'
import { byTrouble, statusSign, statusWord } from '../signs.js'
import type { Section } from '../stack.js'
import { formatSince } from '../text/ages.js'
import { clipLine, fitCells, type Line, span } from '../text/line.js'

/** Streams, the worst first and with their reason; what lives is counted, and shown where there is room. */
export function streamsSection({ streams, health, at }: Shot): Section {
  const live = streams.filter(({ status }) => status === 'live').length
  const sorted = [...streams].sort(byTrouble)
  const gaps = health.gaps === 0 ? [] : [span('  '), span(`gaps ${health.gaps}`, 'warn')]
  const isWell = live === streams.length
  return {
    title: [span('streams '), span(`${live} of ${streams.length} live`, isWell ? 'good' : 'warn'), ...gaps],
    // The worst one with its reason on a line of its own.
    least: isWell ? 1 : 2,
    wish: () => Math.max(isWell ? 1 : 2, streams.length + (isWell ? 0 : 1)),
    rank: isWell ? 4 : 1,
    draw: (width, lines) => drawStreams(sorted, at, width, lines),
  }
}

function drawStreams(sorted: readonly ShownStream[], at: number, width: number, lines: number): readonly Line[] {
  const [worst] = sorted
  if (worst === undefined) return [[span('none', 'dim')]]
  const hasOwnLine = worst.status !== 'live'
  const room = lines - (hasOwnLine ? 1 : 0)
  const channelWidth = Math.max(...sorted.map(({ channel }) => channel.length))
  return sorted.slice(0, room).flatMap((stream, index): Line[] => {
    const line = drawStream(stream, channelWidth, at, width)
    if (index > 0 || !hasOwnLine) return [line]
    return [line, clipLine([span(`  ${stream.reason}`, statusSign(stream.status).style)], width)]
  })
}

function drawStream(stream: ShownStream, channelWidth: number, at: number, width: number): Line {
  const { channel, name, status, since } = stream
  return fitCells(
    [
      { line: [statusSign(status), span(` ${channel.padEnd(channelWidth)}`)], rank: 0 },
      { line: [span(name)], rank: 0 },
      { line: [statusWord(status)], rank: 1 },
      { line: [span(formatSince(since, at), 'dim')], rank: 2 },
    ],
    width,
    1,
  )
}
