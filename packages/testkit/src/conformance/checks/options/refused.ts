import type { EndpointOptions, WebSocketStrategySet } from '@tapewire/core'
import { StreamError } from '@tapewire/core'
import type { ConformanceCheck } from '../../check.js'
import { expectTrue, fail } from '../../check-failure.js'
import { hasCode, thrownBy } from '../../lab/by-hand.js'
import type { Lab } from '../../lab/lab.js'

const file = 'options.ts'
const docs = 'writing-an-adapter.md#the-definition'

/** Options that cannot be meant. */
export const refusedOptionChecks: readonly ConformanceCheck[] = [
  {
    id: 'options.unknown-refused',
    title: 'an option that there is not is refused by its name',
    level: 'must',
    needs: [],
    file,
    docs,
    async run(lab) {
      for (const maker of makers(lab)) {
        const error = await refusalOf(maker, { noSuchOption: 1 }, ['ERR_UNSUPPORTED_OPTION'])
        expectTrue(error.message.includes('noSuchOption'), `${maker.name} does not say which option it does not know`, {
          expected: 'a message with noSuchOption in it',
          got: error.message,
        })
      }
    },
  },
  {
    id: 'options.misspelt-is-guessed',
    title: 'a misspelt option is refused with the one that may be meant',
    level: 'should',
    needs: [],
    file,
    docs,
    async run(lab) {
      for (const maker of makers(lab)) {
        const error = await refusalOf(maker, { restURL: 'https://127.0.0.1' }, ['ERR_UNSUPPORTED_OPTION'])
        expectTrue(error.message.includes('restUrl'), `${maker.name} does not say what restURL may mean`, {
          expected: 'a message with restUrl in it',
          got: error.message,
        })
      }
    },
  },
  {
    id: 'options.of-another-kind-refused',
    title: 'an option of another kind is refused by its name',
    level: 'must',
    needs: [],
    file,
    docs,
    async run(lab) {
      const wrong = [
        ['url', 5],
        ['url', ''],
        ['restUrl', {}],
        ['restUrl', 'not an address'],
        ['socket', 'direct'],
        ['socket', { handshakeTimeoutMs: '5' }],
      ] as const
      for (const maker of makers(lab)) {
        for (const [name, value] of wrong) {
          const error = await refusalOf(maker, { [name]: value }, ['ERR_UNSUPPORTED_OPTION', 'ERR_INVALID_CONFIG'])
          expectTrue(error.message.includes(name), `${maker.name} does not say that ${name} is wrong`, {
            expected: `a message with ${name} in it`,
            got: error.message,
          })
        }
      }
    },
  },
  {
    id: 'options.no-object-refused',
    title: 'options that are no object are refused, and none at all are not',
    level: 'must',
    needs: [],
    file,
    docs,
    async run(lab) {
      for (const maker of makers(lab)) {
        for (const none of ['url', 7, ['wss://127.0.0.1'], true]) {
          await refusalOf(maker, none, ['ERR_UNSUPPORTED_OPTION', 'ERR_INVALID_CONFIG'])
        }
        for (const empty of [undefined, {}]) {
          const thrown = await thrownBy(() => maker.make(empty))
          expectTrue(thrown === null, `${maker.name} cannot do without options`, { got: thrown })
        }
      }
    },
  },
  {
    id: 'options.all-mistakes-together',
    title: 'all mistakes are told together',
    level: 'should',
    needs: [],
    file,
    docs,
    async run(lab) {
      for (const maker of makers(lab)) {
        const { message } = await refusalOf(maker, { noSuchOption: 1, norThisOne: 2, url: 3 }, [
          'ERR_UNSUPPORTED_OPTION',
        ])
        const untold = ['noSuchOption', 'norThisOne', 'url'].filter((name) => !message.includes(name))
        expectTrue(untold.length === 0, `${maker.name} tells one mistake at a time`, {
          expected: 'noSuchOption, norThisOne and url in one message',
          got: message,
        })
      }
    },
  },
  {
    id: 'options.socket-mistakes-refused',
    title: 'what cannot be meant of the socket is refused',
    level: 'must',
    needs: [],
    file,
    docs,
    async run(lab) {
      for (const maker of makers(lab)) {
        for (const socket of [
          { maxPayloadBytes: 0 },
          { handshakeTimeoutMs: -1 },
          { transport: 'pigeon' },
          { maxPayload: 1 },
        ]) {
          await refusalOf(maker, { socket }, ['ERR_UNSUPPORTED_OPTION'])
        }
      }
    },
  },
  {
    id: 'options.insecure-rest-refused',
    title: 'a REST address that is not encrypted is refused, except on loopback',
    level: 'must',
    needs: [],
    file,
    docs,
    async run(lab) {
      for (const maker of makers(lab)) {
        await refusalOf(maker, { restUrl: 'http://api.example' }, ['ERR_INSECURE_URL'])
        const thrown = await thrownBy(() => maker.make({ restUrl: 'http://127.0.0.1:9/' }))
        expectTrue(thrown === null, `${maker.name} refuses a server on loopback`, { got: thrown })
      }
    },
  },
]

interface Maker {
  readonly name: string
  /** What is tried is often no options at all. */
  make(options: unknown): WebSocketStrategySet
}

function makers({ definition }: Lab): readonly Maker[] {
  const market: Maker = { name: 'public()', make: (options) => definition.public(options as EndpointOptions) }
  if (definition.private === undefined) return [market]
  const make = (options: unknown): WebSocketStrategySet =>
    definition.private?.({ apiKey: 'key', apiSecret: 'secret' }, options as EndpointOptions) as WebSocketStrategySet
  return [market, { name: 'private()', make }]
}

async function refusalOf(maker: Maker, options: unknown, codes: readonly string[]): Promise<StreamError> {
  const thrown = await thrownBy(() => maker.make(options))
  if (hasCode(thrown, ...codes)) return thrown
  const what = JSON.stringify(options)
  if (thrown instanceof StreamError)
    fail(`${maker.name} refuses ${what} with another code`, { expected: codes.join(' or '), got: thrown })
  fail(`${maker.name} does not refuse ${what}`, {
    expected: `a StreamError, ${codes.join(' or ')}`,
    got: thrown ?? 'a set',
  })
}
