import { shown } from '../check-failure.js'
import { FeedTrial } from '../lab/feed-trial.js'
import type { Lab } from '../lab/lab.js'
import { openByHand } from '../lab/session-by-hand.js'
import { stands } from '../truth/comparison.js'

/** How long an answer may take, ms. */
const answerMs = 5_000

/** The emulation takes what the adapter asks for, and none of its answers has the id by which it was asked. Null where that is not so, or cannot be told. */
export async function unechoedId(lab: Lab): Promise<string | null> {
  const session = await openByHand(lab)
  if (session === null) return null
  for (const { payload, requestId } of await session.trial.requests('subscribe')) {
    if (requestId === null || !stands(String(requestId), payload)) continue
    session.send(payload)
    await session.stage.pass(answerMs)
    if (session.streams.length === 0) continue
    if (session.frames.some((frame) => stands(String(requestId), frame))) return null
    return `the emulation has subscribed ${session.streams[0]}, and no answer of it has the id of the request, ${requestId}, which \`requestId\` says that the exchange echoes`
  }
  return null
}

/** A quiet connection on which pings are sent, and to none of them anything comes back. Null where that is not so. Whose fault it is only the exchange's documentation tells. */
export async function unansweredPing(lab: Lab): Promise<string | null> {
  // On which nothing is said while nothing is traded.
  if (!lab.has('trades')) return null
  const stage = lab.stage({ levels: 8 })
  const manager = { config: { staleAfterMs: 0 } } as const
  const trial = new FeedTrial(lab, stage, { channels: ['trades'], instruments: lab.instruments.slice(0, 1), manager })
  const { pingIntervalMs, pingTimeoutMs } = await trial.context()
  if (pingIntervalMs === 0) return null
  trial.manager.initialize(trial.request).catch(() => {})
  await stage.pass(answerMs)
  const [session] = stage.venue.sessions
  if (session === undefined || !session.isOpen) return null
  const begin = session.frames.length
  await stage.pass(pingIntervalMs + pingTimeoutMs)
  const later = session.frames.slice(begin)
  const ping = later.find(({ dir }) => dir === 'out')
  if (ping === undefined || later.some(({ dir }) => dir === 'in')) return null
  return `the emulation says nothing to ${shown(String(ping.content))}, which keeps a quiet connection: one of them has not what the exchange documents`
}
