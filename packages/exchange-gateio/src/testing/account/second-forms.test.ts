import { describe, expect, it } from 'vitest'
import { openVenue, startSeconds } from '../../../test/support/emulation.js'
import { signedText, signerOf } from '../../shared/signature.js'
import { demoCredentials } from '../authorize.js'

const { sign, apiKey } = signerOf(demoCredentials)

function signed(channel: string): object {
  const SIGN = sign(signedText(channel, 'subscribe', startSeconds))
  return {
    time: startSeconds,
    channel,
    event: 'subscribe',
    payload: ['!all'],
    auth: { method: 'api_key', KEY: apiKey, SIGN },
  }
}

describe('the second form of a private channel', () => {
  it.each([
    ['spot.orders', ['fee', 'gt_fee', 'point_fee', 'rebated_fee']],
    ['spot.usertrades', ['fee', 'fee_currency', 'gt_fee', 'point_fee']],
  ])('pushes the rows of %s without %j', (channel, leftOut) => {
    const { connect, venue } = openVenue()
    const [first, second] = [connect(), connect()]
    first.ask(signed(channel))
    second.ask(signed(`${channel}_v2`))
    for (let step = 0; step < 50; step++) venue.account.step()
    const rowsOf = (pushes: Readonly<Record<string, unknown>>[]): Record<string, unknown>[] =>
      pushes.map((rows) => ({ ...(rows as unknown as Record<string, unknown>[])[0] }))
    const [rows, shorter] = [rowsOf(first.takeResults(channel)), rowsOf(second.takeResults(`${channel}_v2`))]
    expect(rows.length).toBeGreaterThan(10)
    expect(shorter).toHaveLength(rows.length)
    const missing = Object.keys(rows[0] ?? {}).filter((name) => !(name in (shorter[0] ?? {})))
    expect(missing.sort()).toEqual(leftOut)
    expect(shorter[0]).toMatchObject({ id: rows[0]?.id, currency_pair: rows[0]?.currency_pair })
  })
})
