import { ConnectionState } from '@tapewire/core'
import type { Shot, ShownConnection } from '../shot.js'
import { stateSign } from '../signs.js'
import type { Section } from '../stack.js'
import { formatAge, formatSince } from '../text/ages.js'
import { shortNumber } from '../text/amounts.js'
import { fitCells, type Line, span } from '../text/line.js'

/** Each connection with its state and since when; the broken ones first. */
export function connectionsSection({ connections, at }: Shot): Section {
  const isUp = ({ state }: ShownConnection): boolean => state === ConnectionState.Connected
  const down = connections.filter((connection) => !isUp(connection))
  const sorted = [...down, ...connections.filter(isUp)]
  return {
    title: [span(`connections ${connections.length - down.length} of ${connections.length}`)],
    least: 1,
    wish: () => Math.max(1, connections.length),
    rank: 4,
    draw: (width, lines) => sorted.slice(0, lines).map((connection) => drawConnection(connection, at, width)),
  }
}

function drawConnection(connection: ShownConnection, at: number, width: number): Line {
  const { id, state, since, messagesPerSecond, streams, activeStreams } = connection
  const isUp = state === ConnectionState.Connected
  const sign = stateSign(state)
  return fitCells(
    [
      { line: [sign, span(` ${id}`)], rank: 0 },
      { line: [span(state, sign.style)], rank: isUp ? 4 : 1 },
      { line: [span(formatSince(since, at))], rank: 2 },
      {
        line: isUp ? [span(`${shortNumber(Math.round(messagesPerSecond))}/s`)] : [span(attemptText(connection, at))],
        rank: 3,
      },
      { line: [span(`${activeStreams} of ${streams} streams`, activeStreams === streams ? 'dim' : 'warn')], rank: 5 },
    ],
    width,
  )
}

function attemptText({ attempt, nextAttemptAt }: ShownConnection, at: number): string {
  if (attempt === null) return ''
  if (nextAttemptAt === null || nextAttemptAt <= at) return `attempt ${attempt}`
  return `attempt ${attempt} in ${formatAge(nextAttemptAt - at + 999)}`
}
