import type { MessageParser } from '@tapewire/core/adapter'
import { expect, test } from 'vitest'
import { ControlFrames } from './part-beginning.js'

const stateless: MessageParser = {
  parse: () => [],
  peek: ({ bytes, start }) => (bytes.toString('utf8', start, start + 3) === 'ack' ? 'control' : null),
}
const numbering: MessageParser = { ...stateless, forConnection: () => stateless }
const base = {
  exchange: 'acme_spot',
  connectionId: 'acme_spot#1',
  url: 'wss://acme.example/',
  direction: 'in',
} as const

function kept(parser: MessageParser): readonly [string, string | Buffer][] {
  const control = new ControlFrames(parser)
  control.note({ ...base, socket: 1, data: 'ack of the first', time: 1 }, 'market')
  control.note({ ...base, socket: 2, data: 'ack', time: 2 }, 'market')
  control.note({ ...base, socket: 2, data: 'data', time: 3 }, 'market')
  control.note({ ...base, socket: 2, data: 'ack, asked for', time: 4, direction: 'out' }, 'market')
  control.note({ ...base, socket: 1, data: 'ack too late', time: 5 }, 'market')
  control.note({ ...base, socket: 2, data: Buffer.from('ack of bytes'), time: 6 }, 'market')
  return control.all.map(({ url, content }) => [url ?? '', content])
}

test('of an exchange whose parsers remember them, the answers on the newest socket of each connection are kept', () => {
  const url = 'wss://acme.example/#market-2'
  expect(kept(numbering)).toEqual([
    [url, 'ack'],
    [url, Buffer.from('ack of bytes')],
  ])
})

test('of any other none', () => {
  expect(kept(stateless)).toEqual([])
})
