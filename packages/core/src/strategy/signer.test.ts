import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { Credentials } from './exchange-definition.js'
import { checkedSignature, createSigner, type SignerRules } from './signer.js'

const rules: SignerRules = { exchange: 'acme_spot', digest: 'sha256', token: /^[a-z-]+$/, permission: 'read' }

describe('a signer', () => {
  it('signs with HMAC in lower-case hex, and shows no secret', () => {
    const signer = createSigner({ apiKey: 'key', apiSecret: 'key' }, rules)
    expect(signer.sign('The quick brown fox jumps over the lazy dog')).toBe(
      'f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8',
    )
    expect(inspect(createSigner({ apiKey: 'key', apiSecret: 'hidden' }, rules))).not.toContain('hidden')
  })

  it('is the function that the user brings', () => {
    const sign = (): string => 'signed'
    expect(createSigner({ apiKey: 'key', sign }, rules)).toEqual({ apiKey: 'key', sign })
  })

  it.each([
    [null, 'apiKey'],
    [{ apiKey: 'two words', apiSecret: 'secret' }, 'apiKey'],
    [{ apiKey: 'key' }, 'apiSecret'],
    [{ apiKey: 'key', apiSecret: 'secret', sign: () => '' }, 'not both'],
    [{ apiKey: 'key', sign: 'no function' }, 'sign must be'],
  ])('is not made of %j', (credentials, fault) => {
    expect(() => createSigner(credentials as unknown as Credentials, rules)).toThrow(fault)
    expect(() => createSigner(credentials as unknown as Credentials, rules)).toThrow('ERR_INVALID_CREDENTIALS')
  })
})

describe('a signature', () => {
  it('may be sent as it is', () => {
    expect(checkedSignature('0f'.repeat(64), 'sha512')).toBe('0f'.repeat(64))
  })

  it.each(['', 'ABCDEF', 'g'.repeat(128), 'A'.repeat(128), '0'.repeat(64), undefined, 7])(
    'of the shape %j is refused',
    (signature) => {
      expect(() => checkedSignature(signature, 'sha512')).toThrow(/ERR_SIGNING_FAILED.*\n.*HMAC-SHA512 as 128 /)
    },
  )
})
