import { inspect } from 'node:util'
import type { Credentials } from '@tapewire/core'
import { describe, expect, it } from 'vitest'
import { signedText, signerOf } from './signature.js'

const demo = { apiKey: 'demo-key-0001', apiSecret: 'demo-secret-0001' }
const time = 1_767_225_600

describe('signatures', () => {
  it.each([
    [
      'spot.orders',
      'subscribe',
      '21fd71028cd0f0808d6fae5c05ae284587f8f24e3336f9416ea939ce96a91daa398455a66bf9df57f5397a3a138935ef8f5826ef01b4af290fc0383758a4b01a',
    ],
    [
      'spot.orders',
      'unsubscribe',
      'e8d4a0434404736f799876fc05de00ed1c44611d479058da7c97bad4c1ea4448ef0a904e666f0972dd68d77d3feb5c988b73fb227dbfaf8389d3c28345556aff',
    ],
    [
      'spot.balances',
      'subscribe',
      '01648d9a7fadec02015b3e02450c1c1e274090ef5d65741e6b16a3eab35f0431ccf98454325240e35207c9df5a5793e4be05e638f4af38a9f7e2dc0fba37b9cb',
    ],
  ] as const)('of %s %s are the known ones', (channel, event, signature) => {
    expect(signerOf(demo).sign(signedText(channel, event, time))).toBe(signature)
  })
})

describe('credentials', () => {
  it('may bring their own signing function', () => {
    const sign = (): string => 'signed'
    expect(signerOf({ apiKey: 'key', sign })).toEqual({ apiKey: 'key', sign })
  })

  it.each([
    [undefined, 'apiKey must be text without blanks'],
    [{}, 'apiKey must be text without blanks'],
    [{ apiKey: 'hush hush', apiSecret: 'hush' }, 'apiKey must be text without blanks'],
    [{ apiKey: 'hush' }, 'apiSecret must be text without blanks'],
    [{ apiKey: 'hush', apiSecret: 'hush\n' }, 'apiSecret must be text without blanks'],
    [{ apiKey: 'hush', apiSecret: 7 }, 'apiSecret must be text without blanks'],
    [{ apiKey: 'hush', sign: 'hush' }, 'sign must be a function'],
    [{ apiKey: 'hush', apiSecret: 'hush', sign: () => 'hush' }, 'give either apiSecret or sign, not both'],
  ])('that cannot be used are refused without being shown', (credentials, fault) => {
    const act = (): unknown => signerOf(credentials as unknown as Credentials)
    expect(act).toThrow(`The credentials for gateio_spot cannot be used: ${fault}.  [ERR_INVALID_CREDENTIALS]`)
    expect(act).not.toThrow(/hush/)
  })

  it('do not show their secret when inspected', () => {
    expect(inspect(signerOf(demo), { depth: 10, showHidden: true })).not.toContain(demo.apiSecret)
  })
})
