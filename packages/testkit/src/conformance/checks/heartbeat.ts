import { type Channel, MessageType } from '@tapewire/core'
import type { ConformanceCheck } from '../check.js'
import { CheckFailure, expectEqual, expectTrue, type FailureDetails, fail, skip } from '../check-failure.js'
import { type FeedScope, FeedTrial, feedScopes } from '../lab/feed-trial.js'
import type { Lab } from '../lab/lab.js'
import { readAll } from '../lab/reading.js'
import type { RecordedFrame } from '../lab/recording.js'
import type { Stage } from '../lab/stage.js'
import type { SeenSession } from '../lab/watched-venue.js'

const docs = 'writing-an-adapter.md#heartbeats'
const minute = 60_000
/** Silence of streams is left alone: what is looked at is what keeps the connection. */
const quiet = { config: { staleAfterMs: 0 } } as const
/** Beyond what was promised: the way there and back, and the attempt that follows at once. */
const slackMs = 2_000

/** How connections are kept alive, and how it is noticed that one is dead. */
export const heartbeatChecks: readonly ConformanceCheck[] = [
  {
    id: 'heartbeat.hour-of-quiet',
    title: 'a connection on which the market says nothing for an hour is the same one afterwards',
    level: 'must',
    needs: ['venue'],
    file: 'connection.ts',
    docs,
    async run(lab) {
      for (const scope of feedScopes(lab)) {
        const { trial, stage } = await quietFeed(lab, scope)
        const before = stage.venue.sessions.length
        const from = stage.clock.now()
        await stage.pass(60 * minute)
        const blamed = fileOfEnds(stage, from)
        const ends = trial.record.connections.filter(({ state }) => state === 'reconnecting')
        expectEqual(ends, [], `a connection of the ${scope} channels was lost in an hour of quiet`, {
          got: ends.map(({ error }) => error?.message ?? 'no error'),
          ...blamed,
        })
        const after = { sessions: stage.venue.sessions.length, open: stage.venue.openSessions.length }
        expectEqual(
          after,
          { sessions: before, open: before },
          `the exchange ended a connection of the ${scope} channels in an hour of quiet`,
          blamed,
        )
        await trial.closeWhole()
      }
    },
  },
  {
    id: 'heartbeat.pings-as-promised',
    title: 'an idle connection is pinged as often as `context()` says',
    level: 'must',
    needs: ['venue'],
    file: 'connection.ts',
    docs,
    async run(lab) {
      for (const scope of feedScopes(lab)) {
        const { trial, stage, session, context } = await quietFeed(lab, scope)
        const { pingIntervalMs, pingTimeoutMs } = context
        if (pingIntervalMs === 0) skip('`context()` says that no pings are sent.')
        const from = stage.clock.now()
        const pings = 10
        await stage.pass(pings * pingIntervalMs + pingTimeoutMs)
        const answers = new Set(askedFor(trial, session).map(({ reply }) => reply))
        const sent = session.frames.filter(
          ({ dir, at, content }) => dir === 'out' && at > from && !answers.has(String(content)),
        )
        const sentAt = [...sent.map(({ at }) => at), ...session.pingedAt.filter((at) => at > from)]
        if (sentAt.length === 0 && trial.usesOwnHeartbeat) skip('Its `heartbeat()` sends nothing.')
        const times = [from, ...sentAt.sort((one, other) => one - other)]
        const longest = Math.max(...times.slice(1).map((at, place) => at - (times[place] ?? at)))
        expectTrue(
          sentAt.length >= pings && longest <= pingIntervalMs + slackMs,
          `an idle connection of the ${scope} channels is not pinged every ${pingIntervalMs} ms`,
          {
            expected: `at least ${pings} pings`,
            got: `${sentAt.length} pings, the longest pause ${longest} ms${session.isEndedByVenue ? ', and the exchange ended it' : ''}`,
            ...fileOfEnds(stage, from),
          },
        )
        expectTrue(
          sentAt.length <= 3 * pings,
          `an idle connection of the ${scope} channels sends more than its pings`,
          { expected: `about ${pings} frames`, got: `${sentAt.length} frames` },
        )
        await trial.closeWhole()
      }
    },
  },
  {
    id: 'heartbeat.not-told',
    title: 'pings and pongs are HEARTBEAT: none of them reaches a handler, and none is an error',
    level: 'must',
    needs: ['venue'],
    file: 'parsers/control.ts',
    docs,
    async run(lab) {
      for (const scope of feedScopes(lab)) {
        const { trial, stage, session } = await quietFeed(lab, scope)
        const { frames } = session
        const begin = frames.length
        await stage.pass(10 * minute)
        const odd = trial.record.messages.find(({ type }) => oddTypes.has(type))
        const frame = frames.slice(begin).find(({ dir }) => dir === 'in')?.content
        const details = { got: odd ?? trial.record.errors, ...(frame === undefined ? {} : { frame }) }
        expectTrue(odd === undefined, 'what keeps the connection alive reached the handler', details)
        expectTrue(
          trial.record.errors.length === 0,
          'what keeps the connection alive was reported as an error',
          details,
        )
        await trial.closeWhole()
      }
    },
  },
  {
    id: 'heartbeat.answers-the-exchange',
    title: 'a ping of the exchange’s that wants an answer gets it',
    level: 'must',
    needs: ['venue'],
    file: 'parsers/control.ts',
    docs,
    async run(lab) {
      let wanted = 0
      for (const scope of feedScopes(lab)) {
        const { trial, stage, session } = await quietFeed(lab, scope)
        await stage.pass(10 * minute)
        const sent = session.frames.filter(({ dir }) => dir === 'out')
        for (const { frame, reply } of askedFor(trial, session)) {
          if (frame.at > stage.clock.now() - slackMs) continue
          wanted += 1
          const answer = sent.find(({ content, at }) => at >= frame.at && String(content) === reply)
          if (answer === undefined)
            fail('a ping of the exchange’s was not answered', { expected: reply, frame: frame.content })
        }
        await trial.closeWhole()
      }
      if (wanted === 0) skip('The emulation sends no ping that wants an answer.')
    },
  },
  {
    id: 'heartbeat.no-pongs',
    title: 'a connection that answers no ping and brings nothing is replaced in time, and its streams are live again',
    level: 'must',
    needs: ['control.silencePongs'],
    file: 'connection.ts',
    docs,
    async run(lab) {
      const { trial, stage, session, context } = await quietFeed(lab, 'public')
      const limitMs = context.pingIntervalMs + context.pingTimeoutMs + slackMs
      stage.control.silencePongs()
      const end = stage.clock.now() + 5 * limitMs
      while (stage.clock.now() < end && session.isOpen) await stage.pass(1_000)
      if (session.isOpen) {
        const last = session.frames.findLast(({ dir }) => dir === 'in')
        const silentMs = stage.clock.now() - (last?.at ?? session.openedAt)
        if (silentMs <= limitMs) skip('The emulation goes on to send while its market stands still.')
        if (session.pingedAt.length > 0)
          fail('pings of the WebSocket protocol are sent, whose pongs say nothing about this exchange', {
            expected: 'the exchange’s own ping, as `pingMessage` or by `heartbeat()`',
            got: `${session.pingedAt.length} pings of the protocol`,
          })
        fail(`a connection is kept on which nothing came for ${silentMs} ms`, {
          expected: `its end within ${limitMs} ms: pingIntervalMs and pingTimeoutMs of \`context()\``,
        })
      }
      stage.control.silencePongs(false)
      await trial.untilLive()
      await trial.closeWhole()
    },
  },
  {
    id: 'heartbeat.data-is-life',
    title: 'a connection that answers no ping but brings data is kept',
    level: 'must',
    needs: ['control.silencePongs'],
    file: 'connection.ts',
    docs,
    async run(lab) {
      const stage = lab.stage({ levels: 8 })
      const trial = new FeedTrial(lab, stage, { manager: quiet })
      const context = await trial.context()
      await trial.start()
      await trial.untilLive()
      const before = stage.network.connectionsSeen
      stage.control.silencePongs()
      await trial.moving(() => stage.pass(Math.max(minute, 4 * (context.pingIntervalMs + context.pingTimeoutMs))))
      expectEqual(stage.network.connectionsSeen, before, 'a connection was replaced though data came on it')
      stage.control.silencePongs(false)
      await trial.closeWhole()
    },
  },
  {
    id: 'heartbeat.half-open',
    title: 'a connection through which nothing gets any more is replaced in time, and its streams are live again',
    level: 'must',
    needs: ['venue'],
    file: 'connection.ts',
    docs,
    run: (lab) => noticesSilence(lab, ({ network }) => network.faults.halfOpen()),
  },
  {
    id: 'heartbeat.stalled',
    title:
      'a connection on which the exchange hears but says nothing is replaced in time, and its streams are live again',
    level: 'must',
    needs: ['venue'],
    file: 'connection.ts',
    docs,
    run: (lab) => noticesSilence(lab, ({ network }) => network.faults.stall()),
  },
]

interface Asked {
  readonly frame: RecordedFrame
  readonly reply: string
}

/** Others may be pushed by the clock, whatever the market does. */
function isQuiet(channel: Channel): boolean {
  return channel === 'trades'
}

const oddTypes: ReadonlySet<unknown> = new Set([MessageType.Unknown, MessageType.Error, MessageType.Other])

/** Pings of the exchange's that want an answer, and which. */
function askedFor(trial: FeedTrial, { frames }: SeenSession): readonly Asked[] {
  return readAll(trial.parser(), frames).flatMap(({ frame, messages }) =>
    messages.flatMap((message) =>
      message.type === MessageType.Heartbeat && message.data.reply !== null
        ? [{ frame, reply: message.data.reply }]
        : [],
    ),
  )
}

/** Where the exchange ended a connection on which it had spoken first, as with a ping of its own, it is the answer that is wrong. */
function fileOfEnds({ venue }: Stage, from: number): FailureDetails {
  const isAnswerWrong = venue.sessions.some(
    ({ isEndedByVenue, frames }) => isEndedByVenue && frames.some((_frame, place) => isUnasked(frames, place, from)),
  )
  return isAnswerWrong ? { file: 'parsers/control.ts' } : {}
}

/** Whether this frame is the exchange's, and answers none that was just sent. */
function isUnasked(frames: SeenSession['frames'], place: number, from: number): boolean {
  const [before, frame] = [frames[place - 1], frames[place]]
  if (frame === undefined || frame.dir === 'out' || frame.at <= from) return false
  return before?.dir !== 'out' || frame.at - before.at > slackMs
}

/** A feed of one market that stands still, of a channel on which nothing is said meanwhile: all that is left is what keeps the connection alive. */
async function quietFeed(
  lab: Lab,
  scope: FeedScope,
): Promise<{
  readonly trial: FeedTrial
  readonly stage: Stage
  readonly session: SeenSession
  readonly context: Awaited<ReturnType<FeedTrial['context']>>
}> {
  const stage = lab.stage({ levels: 8 })
  const context = await new FeedTrial(lab, lab.stage(), { scope }).context()
  const channels = scope === 'private' ? lab.privateChannels : lab.publicChannels.filter(isQuiet)
  if (channels.length === 0) skip(`${lab.definition.name} has no channel that is quiet while nothing is traded.`)
  const trial = new FeedTrial(lab, stage, { scope, manager: quiet, channels, instruments: lab.instruments.slice(0, 1) })
  await trial.start()
  stage.emulated.account?.stop()
  // What a start brings is over: images of books, answers that came late.
  await stage.pass(5_000)
  const [session] = stage.venue.sessions
  if (session === undefined) throw new CheckFailure('nothing was connected to the exchange')
  return { trial, stage, session, context }
}

async function noticesSilence(lab: Lab, silence: (stage: Stage) => void): Promise<void> {
  for (const scope of feedScopes(lab)) {
    const { trial, stage, context } = await quietFeed(lab, scope)
    if (context.pingIntervalMs === 0) skip('`context()` says that no pings are sent.')
    const limitMs = context.pingIntervalMs + context.pingTimeoutMs + slackMs
    silence(stage)
    await stage.until(
      () => trial.record.connections.some(({ state }) => state === 'reconnecting'),
      `a silent connection of the ${scope} channels should be given up after ${limitMs} ms, pingIntervalMs and pingTimeoutMs of \`context()\``,
      limitMs,
    )
    stage.network.faults.resume()
    await trial.untilLive()
    // The exchange's end of a connection that nobody hears of lasts a minute.
    await stage.pass(minute)
    await trial.closeWhole()
  }
}
