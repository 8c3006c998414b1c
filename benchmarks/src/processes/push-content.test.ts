import { describe, expect, it } from 'vitest'
import { pushContent } from './push-content.js'

const gateio = (time: number, id: number): string =>
  `{"time":${time},"time_ms":${time}123,"channel":"spot.trades","event":"update","result":{"id":${id}}}`

/** `channel`, `symbol`, `sendTime` and a body of so many bytes, as MEXC orders them. */
const mexc = (sendTime: readonly number[], body: readonly number[]): Uint8Array =>
  Uint8Array.from([0x0a, 2, 0x61, 0x30, 0x1a, 1, 0x30, 0x30, ...sendTime, 0xda, 0x13, body.length, ...body])

describe('what a push says', () => {
  it('is the same at whatever time it left', () => {
    expect(pushContent('gateio', gateio(1, 7))).toBe(pushContent('gateio', gateio(2, 7)))
    expect(pushContent('gateio', Buffer.from(gateio(1, 7)))).toBe(pushContent('gateio', gateio(1, 7)))
    expect(pushContent('mexc', mexc([0x81, 0x01], [0x30, 5]))).toBe(pushContent('mexc', mexc([0x07], [0x30, 5])))
  })

  it('differs where anything else does', () => {
    expect(pushContent('gateio', gateio(1, 7))).not.toBe(pushContent('gateio', gateio(1, 8)))
    expect(pushContent('mexc', mexc([1], [0x30, 5]))).not.toBe(pushContent('mexc', mexc([1], [0x30, 6])))
  })

  it('is nothing where a frame is no push', () => {
    expect(pushContent('gateio', '{"time":1,"channel":"spot.pong","event":""}')).toBe(null)
    expect(pushContent('mexc', '{"msg":"PONG"}')).toBe(null)
  })
})
