import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readPageMessage } from './read-page-message.js'

test.each([
  [{ type: 'select', exchange: 'acme_spot', symbol: 'BTC/USDT' }],
  [{ type: 'pace', frameMs: 16 }],
  [{ type: 'pace', frameMs: 5_000 }],
  [{ type: 'cut', exchange: 'acme_spot', seconds: 0 }],
  [{ type: 'mute', exchange: 'acme_spot', symbol: 'BTC/USDT', seconds: 60 }],
])('reads %j, and nothing beside it', (message) => {
  expect(readPageMessage(JSON.stringify({ ...message, more: 1 }))).toEqual(message)
})

test.each([
  ['no JSON', '{'],
  ['no object', '"select"'],
  ['null', 'null'],
  ['a list', '[]'],
  ['an unknown type', '{"type":"subscribe"}'],
  ['a name that objects have by nature', '{"type":"constructor"}'],
  ['a symbol that is no text', '{"type":"select","exchange":"acme_spot","symbol":7}'],
  ['an endless name', JSON.stringify({ type: 'select', exchange: 'a'.repeat(101), symbol: 'BTC/USDT' })],
  ['a pace faster than a screen', '{"type":"pace","frameMs":1}'],
  ['a pace without an end', '{"type":"pace","frameMs":1e9}'],
  ['a pace that is no number', '{"type":"pace","frameMs":"16"}'],
  ['a cut longer than one waits for', '{"type":"cut","exchange":"acme_spot","seconds":31}'],
  ['a cut before it began', '{"type":"cut","exchange":"acme_spot","seconds":-1}'],
  ['a silence for ever', '{"type":"mute","exchange":"acme_spot","symbol":"BTC/USDT","seconds":1e9}'],
])('ignores %s', (_what, text) => expect(readPageMessage(text)).toBeNull())

test('never throws, whatever is sent', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void readPageMessage(text)))
})
