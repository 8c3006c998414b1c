import { describe, expect, it } from 'vitest'
import { thrownAt } from './thrown-at.js'

function thrownBy(...lines: readonly string[]): Error {
  const error = new TypeError('no such market')
  error.stack = ['TypeError: no such market', ...lines.map((line) => `    at ${line}`)].join('\n')
  return error
}

const kit = 'runCheck (file:///home/me/acme/node_modules/@tapewire/testkit/dist/index.js:1:2)'
const core = 'plan (file:///home/me/acme/node_modules/@tapewire/core/dist/chunk-AB.js:3:4)'

describe('thrownAt', () => {
  it.each([
    ['marketOf (file:///home/me/acme/dist/spot/streams.js:12:9)', 'streams.ts'],
    ['file:///home/me/acme/dist/symbols.js:12:9', 'symbols.ts'],
    ['async read (/home/me/a b/acme/src/spot/parsers/trades.ts:12:9)', 'parsers/trades.ts'],
    ['Session.onMessage (C:\\me\\acme\\src\\testing\\session.ts:12:9)', 'testing/session.ts'],
    ['read (file:///home/me/acme/dist/index.js:12:9)', null],
  ])('takes %s', (line, file) => {
    expect(thrownAt(thrownBy(core, 'node:internal/timers:1:1', line, kit))).toEqual({ line: `at ${line}`, file })
  })

  it('takes the error underneath before the one that wraps it', () => {
    const cause = thrownBy('read (/me/acme/src/parser.ts:1:1)')
    const wrapping = new Error('wrapped', { cause })
    wrapping.stack = thrownBy('connect (/me/acme/src/connection.ts:1:1)').stack ?? ''
    expect(thrownAt(wrapping)?.file).toBe('parser.ts')
  })

  it('tells an installed adapter by its folder', () => {
    const error = thrownBy(core, 'read (file:///me/node_modules/tapewire-exchange-acme/dist/parser.js:1:1)')
    expect(thrownAt(error)).toBeNull()
    expect(thrownAt(error, '/me/node_modules/tapewire-exchange-acme')?.file).toBe('parser.ts')
  })

  it('has nothing to say of the kit, of core, of Node, of tests, and of what is no error', () => {
    const error = thrownBy(core, kit, 'node:fs:1:1', 'run (/me/acme/src/test/conformance.test.ts:1:1)')
    expect(thrownAt(error, '/home/me/acme')).toBeNull()
    expect(thrownAt(thrownBy(core, kit, 'async main (/me/acme/src/check.ts:1:1)'))).toBeNull()
    expect(thrownAt('a text')).toBeNull()
  })
})
