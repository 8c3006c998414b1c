import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ConnectionState, canTransition, connectionTransitions } from './connection-state.js'

const states = Object.values(ConnectionState)

/** Row: from. Column: to, in the order of `states`. */
const table: Readonly<Record<ConnectionState, string>> = {
  //             disconnected connecting connected reconnecting error closing closed
  disconnected: '-            yes        -         -            -     yes     -',
  connecting: '-              -          yes       yes          yes   yes     -',
  connected: '-               -          -         yes          yes   yes     -',
  reconnecting: '-            -          yes       -            yes   yes     -',
  error: '-                   -          -         yes          -     yes     yes',
  closing: '-                 -          -         -            -     -       yes',
  closed: '-                  -          -         -            -     -       -',
}

const transitions = states.flatMap((from) =>
  states.map((to, column) => ({ from, to, allowed: table[from].split(/\s+/)[column] === 'yes' })),
)

describe('the connection states', () => {
  test.each(transitions)('$from -> $to is allowed: $allowed', ({ from, to, allowed }) => {
    expect(canTransition(from, to)).toBe(allowed)
  })

  test('are in the documentation, each with what may follow', () => {
    const page = readFileSync(new URL('../../../../docs/connections.md', import.meta.url), 'utf8')
    const [section = ''] = page.slice(page.indexOf('| state |')).split('\n\n', 1)
    const rows = [...section.matchAll(/^\| `(\w+)` \|.*\| ?(.*) \|$/gm)]
    const followers = (cell: string): string[] => [...cell.matchAll(/\w+/g)].map(([word]) => word)
    const documented = rows.map(([, state = '', next = '']) => [state, followers(next)])
    expect(Object.fromEntries(documented)).toEqual(connectionTransitions)
  })

  test('each lead to closed in the end', () => {
    const reach = (from: ConnectionState, seen: ReadonlySet<ConnectionState>): boolean =>
      from === 'closed' ||
      states.some((to) => canTransition(from, to) && !seen.has(to) && reach(to, new Set([...seen, to])))
    expect(states.filter((state) => !reach(state, new Set([state])))).toEqual([])
  })
})
