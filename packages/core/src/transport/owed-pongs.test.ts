import { beforeEach, describe, expect, test } from 'vitest'
import { OwedPongs } from './owed-pongs.js'

let sent: string[]
let canSend: boolean
let pongs: OwedPongs

beforeEach(() => {
  sent = []
  canSend = true
  pongs = new OwedPongs({ canSend: () => canSend, send: (payload) => void sent.push(payload.toString()) })
})

function ping(from: number, to: number): void {
  for (let index = from; index <= to; index += 1) pongs.onPing(Buffer.from(`${index}`))
}

describe('pongs', () => {
  test('are sent at once, one for each ping', () => {
    ping(1, 3)
    expect(sent).toEqual(['1', '2', '3'])
    pongs.settle()
    expect(sent).toHaveLength(3)
  })

  test('to a burst of 20,000 in one read are a few, and one for the latest once it is over', () => {
    ping(1, 20_000)
    expect(sent).toHaveLength(32)
    pongs.settle()
    expect(sent.slice(32)).toEqual(['20000'])
    ping(20_001, 20_001)
    expect(sent.at(-1)).toBe('20001')
  })

  test('wait while the socket takes nothing, and are then one, for the latest', () => {
    canSend = false
    ping(1, 5)
    pongs.settle()
    expect(sent).toEqual([])
    canSend = true
    pongs.settle()
    pongs.settle()
    expect(sent).toEqual(['5'])
  })

  test('repeat what a ping said, though its memory is used again', () => {
    canSend = false
    const memory = Buffer.from('said')
    pongs.onPing(memory)
    memory.fill('x')
    canSend = true
    pongs.settle()
    expect(sent).toEqual(['said'])
  })

  test('to a ping without a payload have none', () => {
    ping(1, 32)
    pongs.onPing(Buffer.alloc(0))
    pongs.settle()
    expect(sent.slice(32)).toEqual([''])
  })
})
