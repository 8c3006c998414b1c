import type { Channel, WebSocketStrategySet } from '@tapewire/core'
import type { MessageParser } from '@tapewire/core/adapter'
import { readCapture } from '../../capture/read-capture.js'
import type { Lab } from './lab.js'
import { readingParser } from './reading-parser.js'
import type { RecordedFrame, Recording } from './recording.js'
import type { Stage } from './stage.js'

/** A recording, and how to get a parser that is to read it from its beginning, as its manager did. */
export interface ReadableRecording extends Recording {
  /** Where it comes from, for reports: `captures/btc.jsonl`, or `the emulation, depth 100`. */
  readonly source: string
  readonly scope: 'public' | 'private'
  parser(): MessageParser
}

/** How many things happen on the market, and on the account, while it is recorded. */
const marketSteps = 400
const accountSteps = 200

/** What the emulation sends: a connection for every variant of options, and one of the account, every channel subscribed. Empty where there is none. Made once a run. */
export function emulatedRecordings(lab: Lab): Promise<readonly ReadableRecording[]> {
  return lab.once('emulated recordings', () => recordEmulation(lab))
}

/** What the captures hold, one recording a file. Read once a run. */
export function capturedRecordings(lab: Lab): Promise<readonly ReadableRecording[]> {
  return lab.once('captured recordings', () => readCaptures(lab))
}

async function recordEmulation(lab: Lab): Promise<readonly ReadableRecording[]> {
  const { emulation } = lab
  if (emulation === null) return []
  const recordings: ReadableRecording[] = []
  for (const { name, options } of lab.variants) {
    const stage = lab.stage()
    const { manager } = stage.manager(lab.publicSet(options))
    await stage.settled(
      manager.initialize({ symbols: lab.instruments, channels: lab.publicChannels }),
      'initialize() with every public channel should resolve',
    )
    for (let step = 0; step < marketSteps; step++) {
      stage.market.step()
      await stage.pass(25)
    }
    recordings.push(
      ...recordingsOf(lab, stage, `the emulation, ${name}`, 'public', () => lab.publicSet(options), lab.publicChannels),
    )
    await stage.close()
  }
  if (lab.hasAccount && lab.privateChannels.length > 0) {
    const stage = lab.stage()
    const { manager } = stage.manager(lab.accountSet())
    await stage.settled(
      manager.initialize({ symbols: lab.instruments, channels: lab.privateChannels }),
      'initialize() with every account channel should resolve',
    )
    for (let step = 0; step < accountSteps; step++) {
      stage.emulated.account?.step()
      await stage.pass(25)
    }
    recordings.push(
      ...recordingsOf(lab, stage, 'the emulation’s account', 'private', () => lab.accountSet(), lab.privateChannels),
    )
    await stage.close()
  }
  return recordings
}

function recordingsOf(
  lab: Lab,
  { venue }: Stage,
  source: string,
  scope: 'public' | 'private',
  makeSet: () => WebSocketStrategySet,
  channels: readonly Channel[],
): readonly ReadableRecording[] {
  return venue.sessions.map(({ frames }) => ({
    source,
    scope,
    frames,
    parser: () => readingParser(makeSet(), channels, lab.instruments),
  }))
}

async function readCaptures(lab: Lab): Promise<readonly ReadableRecording[]> {
  const recordings: ReadableRecording[] = []
  for (const file of lab.subject.captures ?? []) {
    const { frames } = await readCapture(file)
    const recorded: readonly RecordedFrame[] = frames.map(({ dir, content, t }) => ({ dir, content, at: t ?? 0 }))
    for (const scope of lab.definition.private === undefined
      ? (['public'] as const)
      : (['public', 'private'] as const)) {
      recordings.push({
        source: file,
        scope,
        frames: recorded,
        parser: () => {
          const { messageParser } = scope === 'public' ? lab.publicSet() : lab.placeholderAccountSet()
          return messageParser.forConnection?.() ?? messageParser
        },
      })
    }
  }
  return recordings
}
