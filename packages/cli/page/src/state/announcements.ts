import type { FeedState } from './feed-state.js'

/**
 * What changed between two states that somebody who does not see the page has to hear: alerts that were raised or have cleared, and connections that were lost or
 * are back. Everything else moves too often to be spoken.
 */
export function announcementsOf(before: FeedState | undefined, now: FeedState, title: string): readonly string[] {
  if (before === undefined) return []
  const raised = now.alerts
    .filter((alert) => !before.alerts.some((known) => isSame(known, alert)))
    .map(({ severity, kind, reason }) => `${severity === 'critical' ? 'Critical alert' : 'Alert'}, ${kind}: ${reason}`)
  const cleared = before.alerts
    .filter((alert) => !now.alerts.some((known) => isSame(known, alert)))
    .map(({ kind }) => `Alert cleared: ${kind}`)
  const states = new Map(before.connections.map(({ connectionId, state }) => [connectionId, state]))
  const moved = now.connections
    .filter(({ connectionId, state }) => states.has(connectionId) && states.get(connectionId) !== state)
    .map(({ connectionId, state }) => `${title}, connection ${connectionId}: ${state}`)
  return [...moved, ...raised, ...cleared]
}

function isSame(left: FeedState['alerts'][number], right: FeedState['alerts'][number]): boolean {
  return (
    left.kind === right.kind &&
    left.since === right.since &&
    left.stream === right.stream &&
    left.connectionId === right.connectionId
  )
}
