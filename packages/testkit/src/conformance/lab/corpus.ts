import { MessageType, type WebSocketStrategySet } from '@tapewire/core'
import type { MessageParser } from '@tapewire/core/adapter'
import { readCapture } from '../../capture/read-capture.js'
import { accountStory } from './account-story.js'
import { captureFiles } from './capture-files.js'
import type { Lab } from './lab.js'
import { marketStories, type Story } from './market-story.js'
import { readAll } from './reading.js'
import type { RecordedFrame, Recording } from './recording.js'
import { plannedStreams } from './wanted-streams.js'

/** A recording, and how to get a parser that is to read it from its beginning, as its manager did. */
export interface ReadableRecording extends Recording {
  /** Where it comes from, for reports: `captures/btc.jsonl`, or `the emulation, depth 100`. */
  readonly source: string
  readonly scope: 'public' | 'private'
  /** Strategies as those that read it, which have planned what was subscribed: new ones each time. */
  makeSet(): WebSocketStrategySet
  parser(): MessageParser
}

/** What the emulation sends: a connection for every variant of options, and one of the account, every channel subscribed. Empty where there is none. Made once a run. */
export function emulatedRecordings(lab: Lab): Promise<readonly ReadableRecording[]> {
  return lab.once('emulated recordings', async () => {
    const account = await accountStory(lab)
    return [
      ...(await marketStories(lab)).flatMap((story) => recordingsOf(lab, story, 'public')),
      ...(account === null ? [] : recordingsOf(lab, account, 'private')),
    ]
  })
}

/** What the captures hold, one recording a file. Read once a run. */
export function capturedRecordings(lab: Lab): Promise<readonly ReadableRecording[]> {
  return lab.once('captured recordings', () => readCaptures(lab))
}

/** What there is to read: of the emulation, or where there is none of captures. */
export async function recordings(lab: Lab): Promise<readonly ReadableRecording[]> {
  return lab.emulation === null ? capturedRecordings(lab) : emulatedRecordings(lab)
}

/** As a connection of this set has it. */
export function parserOf({ messageParser }: WebSocketStrategySet): MessageParser {
  return messageParser.forConnection?.() ?? messageParser
}

function recordingsOf(lab: Lab, story: Story, scope: 'public' | 'private'): readonly ReadableRecording[] {
  const makeSet = (): WebSocketStrategySet => {
    const set = story.makeSet()
    plannedStreams(set, story.wanted, lab)
    return set
  }
  const { source } = story
  let planned: WebSocketStrategySet | null = null
  // Each connection of a set has a parser of its own, as with a manager; where it has not, another set has to do.
  const parser = (): MessageParser => {
    planned ??= makeSet()
    return planned.messageParser.forConnection?.() ?? parserOf(makeSet())
  }
  return story.connections.map((frames) => ({ source, scope, frames, makeSet, parser }))
}

async function readCaptures(lab: Lab): Promise<readonly ReadableRecording[]> {
  const recordings: ReadableRecording[] = []
  for (const source of await captureFiles(lab.subject.captures ?? [])) {
    const { frames } = await readCapture(source)
    const recorded: readonly RecordedFrame[] = frames.map(({ dir, content, t }) => ({ dir, content, at: t ?? 0 }))
    recordings.push(likeliest(scopesOf(lab).map((scope) => capturedAs(lab, scope, source, recorded))))
  }
  return recordings
}

function scopesOf({ definition }: Lab): readonly ReadableRecording['scope'][] {
  return definition.private === undefined ? ['public'] : ['public', 'private']
}

function capturedAs(
  lab: Lab,
  scope: ReadableRecording['scope'],
  source: string,
  frames: readonly RecordedFrame[],
): ReadableRecording {
  const makeSet = (): WebSocketStrategySet => (scope === 'public' ? lab.publicSet() : lab.placeholderAccountSet())
  return { source, scope, frames, makeSet, parser: () => parserOf(makeSet()) }
}

/** A file does not say whether it is of a market or of an account: it is what its parser reads with the fewest faults. */
function likeliest(readings: readonly ReadableRecording[]): ReadableRecording {
  const faults = readings.map(({ parser, frames }) =>
    readAll(parser(), frames)
      .flatMap(({ messages }) => messages)
      .filter(({ type }) => type === MessageType.Unknown || type === MessageType.Error),
  )
  const fewest = Math.min(...faults.map(({ length }) => length))
  return readings[faults.findIndex(({ length }) => length === fewest)] as ReadableRecording
}
