import type { ParsedMessage } from '@tapewire/core/adapter'
import type { ConformanceCheck } from '../../check.js'
import { fail, skip } from '../../check-failure.js'
import { mapJson, readJson, writeJson } from '../../lab/json-text.js'
import type { Lab } from '../../lab/lab.js'
import { readAs, type Sample, samples } from '../../lab/samples.js'
import { parserFileOf } from '../../truth/comparison.js'
import { dataChannelOf, rowsOf } from '../../truth/message-faults.js'

const area = {
  level: 'must',
  needs: ['frames'],
  file: 'parser.ts',
  docs: 'messages.md#numbers-ids-and-times',
} as const

/** Beyond what a number holds: as one it would end in other digits. */
const longId = '9007199254740993123'
const longAmount = '12345678901234567890.123456789012345678'

/** Ids and amounts that are only right as text. */
export const exactTextChecks: readonly ConformanceCheck[] = [
  {
    ...area,
    id: 'parser.ids-of-any-length',
    title: 'an id is text to its last digit, however long, in quotes or not',
    async run(lab) {
      await expectKept(lab, /^\d+$/, longId, [
        ['trades', 'id'],
        ['orders', 'id'],
        ['executions', 'id'],
        ['executions', 'orderId'],
      ])
    },
  },
  {
    ...area,
    id: 'parser.amounts-of-any-length',
    title: 'an amount of an account is text to its last digit, however long',
    needs: ['account'],
    async run(lab) {
      await expectKept(lab, /^\d+(\.\d+)?$/, longAmount, [
        ['orders', 'price'],
        ['executions', 'price'],
        ['executions', 'size'],
        ['executions', 'fee'],
        ['balances', 'free'],
        ['balances', 'total'],
      ])
    },
  },
]

type Place = readonly [channel: string, field: string]

/** Puts a longer text wherever a frame has that of such a field, and expects the field to be it. */
async function expectKept(lab: Lab, pattern: RegExp, long: string, places: readonly Place[]): Promise<void> {
  let count = 0
  for (const sample of await samples(lab)) {
    for (const place of places) {
      const text = textAt(sample.messages, place)
      if (text === null || !pattern.test(text)) continue
      const content = withText(sample, text, long)
      if (content === null) continue
      count += 1
      const got = textAt(readAs(sample, content), place)
      if (got === long) continue
      fail(`${place.join('.')} is not the text that was sent`, {
        expected: long,
        got,
        frame: content,
        file: parserFileOf(place[0] as Parameters<typeof parserFileOf>[0]),
      })
    }
  }
  if (count === 0) skip('None of its frames are JSON that holds such a text as it is told.')
}

/** The field in the first row of the first message of the channel. */
function textAt(messages: readonly ParsedMessage[], [channel, field]: Place): string | null {
  const message = messages.find((one) => dataChannelOf(one) === channel)
  const value = message === undefined ? null : rowsOf(message)[0]?.[field]
  return value === undefined || value === null ? null : String(value)
}

/** The frame with every scalar that is this text replaced; null where none is, and where it is no JSON text. */
function withText({ frame }: Sample, text: string, long: string): string | null {
  const node = typeof frame.content === 'string' ? readJson(frame.content) : null
  if (node === null) return null
  let isThere = false
  const changed = mapJson(node, (one) => {
    if (one.kind !== 'scalar' || (one.text !== text && one.text !== `"${text}"`)) return one
    isThere = true
    return { kind: 'scalar', text: one.text.replace(text, long) }
  })
  return isThere ? writeJson(changed) : null
}
