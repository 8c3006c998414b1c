import { MessageType } from '@tapewire/core'
import type { ConformanceCheck } from '../check.js'
import { fail } from '../check-failure.js'
import { emulatedRecordings } from '../lab/corpus.js'
import { readAll } from '../lab/reading.js'

const docs = 'writing-an-adapter.md#strategy-3-the-parser'

/** How frames are read. */
export const parserChecks: readonly ConformanceCheck[] = [
  {
    id: 'parser.knows-every-frame',
    title: 'every frame that the emulation sends is read as something',
    level: 'must',
    needs: ['venue'],
    file: 'parser.ts',
    docs,
    async run(lab) {
      for (const recording of await emulatedRecordings(lab)) {
        for (const { frame, messages } of readAll(recording.parser(), recording.frames)) {
          for (const message of messages) {
            if (message.type !== MessageType.Unknown) continue
            fail(`a frame of ${recording.source} is UNKNOWN: ${message.data.reason}`, { frame: frame.content })
          }
        }
      }
    },
  },
]
