import { type Channel, MessageType } from '@tapewire/core'
import type { ConformanceCheck } from '../../check.js'
import { expectEqual, fail } from '../../check-failure.js'
import { emulatedRecordings, parserOf, recordings } from '../../lab/corpus.js'
import type { Lab } from '../../lab/lab.js'
import { type ReadFrame, readAll } from '../../lab/reading.js'
import { unreadFile } from '../../lab/unread-file.js'
import { parserFileOf } from '../../truth/comparison.js'
import { dataChannelOf, kindFault } from '../../truth/message-faults.js'
import { saidText } from '../../truth/said.js'

const area = {
  level: 'must',
  needs: ['frames'],
  file: 'parser.ts',
  docs: 'writing-an-adapter.md#strategy-3-the-parser',
} as const

/** How the frames are read that an exchange sends while all is well. */
export const readingChecks: readonly ConformanceCheck[] = [
  {
    ...area,
    id: 'parser.knows-every-frame',
    title: 'every frame that the exchange sends is read as something',
    async run(lab) {
      await eachFrame(lab, ({ frame, messages }, source) => {
        for (const message of messages) {
          if (message.type !== MessageType.Unknown) continue
          const { reason } = message.data
          const file = unreadFile(reason)
          fail(`a frame of ${source} is UNKNOWN: ${reason}`, {
            frame: frame.content,
            ...(file === null ? {} : { file }),
          })
        }
      })
    },
  },
  {
    ...area,
    id: 'parser.finds-no-fault',
    title: 'no frame that the exchange sends is an error',
    async run(lab) {
      await eachFrame(lab, ({ frame, messages }, source) => {
        for (const message of messages) {
          if (message.type !== MessageType.Error) continue
          const { code, message: words, wireChannel } = message.data
          fail(`a frame of ${source} is an ERROR (${wireChannel ?? 'no channel'}): ${code}, ${words}`, {
            frame: frame.content,
          })
        }
      })
    },
  },
  {
    ...area,
    id: 'parser.reads-every-channel',
    needs: ['venue'],
    title: 'every channel that is declared comes out of the parser',
    async run(lab) {
      const seen = new Set<Channel>()
      for (const { parser, frames } of await emulatedRecordings(lab)) {
        for (const message of readAll(parser(), frames).flatMap(({ messages }) => messages)) {
          const channel = dataChannelOf(message)
          if (channel !== null) seen.add(channel)
        }
      }
      const wanted = [...lab.publicChannels, ...(lab.hasAccount ? lab.privateChannels : [])]
      const missing = wanted.filter((channel) => !seen.has(channel))
      const [first] = missing
      if (first === undefined) return
      fail(`no message of ${missing.join(', ')} came of anything that the emulation sent`, {
        expected: wanted,
        got: [...seen],
        file: parserFileOf(first),
      })
    },
  },
  {
    ...area,
    id: 'parser.one-shape',
    title: 'every message has the same fields in the same order, and a payload of its type',
    docs: 'messages.md#messages',
    async run(lab) {
      await eachFrame(lab, ({ frame, messages }) => {
        for (const message of messages) {
          const fault = kindFault(message)
          if (fault === null) continue
          const { place, expected, got } = fault
          fail(`${place} should be ${expected}`, { expected, got, frame: frame.content })
        }
      })
    },
  },
  {
    ...area,
    id: 'parser.received-at-is-of-the-frame',
    title: 'a message was received when its frame was, and holds no `raw` of the parser’s own',
    docs: 'messages.md#messages',
    async run(lab) {
      await eachFrame(lab, ({ frame, messages }) => {
        for (const { receivedAt, raw } of messages) {
          expectEqual(receivedAt, frame.at, '`receivedAt` is not that of the frame', { frame: frame.content })
          expectEqual(raw, null, '`raw` is core’s to fill', { frame: frame.content })
        }
      })
    },
  },
  {
    ...area,
    id: 'parser.says-the-same-again',
    title: 'what came over a connection is read the same by a second parser',
    async run(lab) {
      for (const { parser, frames } of await recordings(lab)) {
        const again = readAll(parser(), frames)
        for (const [place, { frame, messages }] of readAll(parser(), frames).entries()) {
          const [first, second] = [saidText(messages), saidText(again[place]?.messages ?? [])]
          if (first === second) continue
          fail('a frame is read otherwise by a second parser: something is shared, or drawn from outside the frame', {
            expected: first,
            got: second,
            frame: frame.content,
          })
        }
      }
    },
  },
  {
    ...area,
    id: 'parser.one-object-a-stream',
    title: 'messages of one stream hold one stream object, the planned one, whichever connection they came over',
    file: 'streams.ts',
    docs: 'writing-an-adapter.md#streams',
    async run(lab) {
      for (const { makeSet, frames } of await recordings(lab)) {
        const set = makeSet()
        const byId = new Map<string, unknown>()
        for (const parser of [parserOf(set), parserOf(set)]) {
          for (const { frame, messages } of readAll(parser, frames)) {
            for (const { stream } of messages) {
              if (stream === null) continue
              const known = byId.get(stream.id) ?? stream
              byId.set(stream.id, known)
              if (known === stream) continue
              fail(`two messages of ${stream.id} hold two stream objects`, { frame: frame.content })
            }
          }
        }
      }
    },
  },
]

async function eachFrame(lab: Lab, look: (read: ReadFrame, source: string) => void): Promise<void> {
  const read = await lab.once('every frame as read', async () =>
    (await recordings(lab)).map((recording) => ({
      source: recording.source,
      frames: readAll(recording.parser(), recording.frames),
    })),
  )
  for (const { source, frames } of read) {
    for (const frame of frames) look(frame, source)
  }
}
