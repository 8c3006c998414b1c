import { expect, test } from 'vitest'
import { upgradeFault } from './handshake.js'

/** The example of RFC 6455, section 1.3. */
const key = 'dGhlIHNhbXBsZSBub25jZQ=='
const answer = { upgrade: 'websocket', 'sec-websocket-accept': 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' }

test('finds nothing wrong with the answer that RFC 6455 gives as its example', () => {
  expect(upgradeFault(answer, key)).toBeNull()
  expect(upgradeFault({ ...answer, upgrade: 'WebSocket' }, key)).toBeNull()
})

test.each([
  ['another protocol', { upgrade: 'h2c' }, 'Upgrade'],
  [
    'an accept value in another case',
    { 'sec-websocket-accept': 's3pplmbitxaq9kygzzhzrbk+xoo=' },
    'Sec-WebSocket-Accept',
  ],
  ['an extension', { 'sec-websocket-extensions': 'permessage-deflate' }, 'extension'],
  ['a subprotocol', { 'sec-websocket-protocol': '' }, 'subprotocol'],
])('names %s', (_what, headers, fault) => {
  expect(upgradeFault({ ...answer, ...headers }, key)).toContain(fault)
})
