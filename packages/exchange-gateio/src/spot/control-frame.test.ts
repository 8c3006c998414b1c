import { describe, expect, it } from 'vitest'
import { isControlFrame } from './control-frame.js'

function isControl(text: string): boolean {
  const frame = Buffer.from(`"event":"update"${text}"event":"update"`)
  const around = '"event":"update"'.length
  return isControlFrame(frame, around, frame.length - around)
}

describe('a control frame', () => {
  it('is an acknowledgement, a pong or another reply', () => {
    expect(isControl('{"time":1,"channel":"spot.trades","event":"subscribe","result":{"status":"success"}}')).toBe(true)
    expect(isControl('{"time":1,"channel":"spot.pong","event":"","result":null}')).toBe(true)
    expect(isControl('{"header":{"event":"api"},"data":{}}')).toBe(true)
  })

  it('is no push, however it is spaced', () => {
    for (const [before, behind] of [
      ['', ''],
      ['', ' '],
      ['\n\t ', '\r\n'],
    ]) {
      expect(isControl(`{"channel":"spot.balances","event"${before}:${behind}"update","result":[]}`)).toBe(false)
      expect(isControl(`{"channel":"spot.obu","result":{"s"${before}:${behind}"ob.BTC_USDT.50"}}`)).toBe(false)
    }
  })

  it('may speak of events and end anywhere', () => {
    expect(isControl('{"event":"subscribe","error":{"message":"no \\"event\\" like update"}}')).toBe(true)
    for (const cut of ['"event"', '"event":', '"event": ', '"s"', '"s" :', '"event":"upd'])
      expect(isControl(cut)).toBe(true)
  })
})
