import { channels, StreamError, WebSocketStrategySet } from '@tapewire/core'
import { contractVersion, traitsOf } from '@tapewire/core/adapter'
import type { ConformanceCheck } from '../../check.js'
import { expectEqual, expectTrue, fail } from '../../check-failure.js'
import { strategySides } from '../../lab/by-hand.js'

const file = 'definition.ts'
const docs = 'writing-an-adapter.md#the-definition'

/** What the definition says, and the sets that it makes. */
export const declarationChecks: readonly ConformanceCheck[] = [
  {
    id: 'definition.name-form',
    title: 'the name is in lower case with underscores, the market last',
    level: 'must',
    needs: [],
    file,
    docs,
    run({ definition: { name } }) {
      expectTrue(/^[a-z][a-z0-9]*(_[a-z0-9]+)+$/.test(name), 'the name of the exchange has another form', {
        expected: 'acme_spot',
        got: name,
      })
    },
  },
  {
    id: 'definition.title',
    title: 'the title is for people',
    level: 'should',
    needs: [],
    file,
    docs,
    run({ definition: { name, title } }) {
      expectTrue(
        typeof title === 'string' && title.trim() !== '' && title !== name && !title.includes('_'),
        'the title is none that people would read',
        { expected: 'Acme spot', got: title },
      )
    },
  },
  {
    id: 'definition.channels-are-ours',
    title: 'each channel is one that core knows, and is declared once',
    level: 'must',
    needs: [],
    file: 'channels.ts',
    docs,
    run({ definition }) {
      const declared = definition.channels.map(({ channel }) => channel as string)
      expectTrue(declared.length > 0, 'no channel is declared', { expected: channels, got: declared })
      const unknown = declared.filter((name) => !(channels as readonly string[]).includes(name))
      expectEqual(unknown, [], `core knows no channel ${unknown.join(', ')}; it knows ${channels.join(', ')}`)
      expectEqual(declared, [...new Set(declared)], 'a channel is declared twice')
    },
  },
  {
    id: 'definition.wire-channels',
    title: 'each channel says what backs it at the exchange',
    level: 'must',
    needs: [],
    file: 'channels.ts',
    docs,
    run({ definition }) {
      for (const { channel, wireChannel } of definition.channels) {
        expectTrue(
          typeof wireChannel === 'string' && wireChannel.trim() !== '',
          `${channel} does not say its wireChannel`,
          { expected: 'the exchange’s own name of it', got: wireChannel },
        )
      }
    },
  },
  {
    id: 'definition.evidence',
    title: 'each channel says how sure its payload is',
    level: 'must',
    needs: [],
    file: 'channels.ts',
    docs,
    run({ definition }) {
      for (const { channel, evidence } of definition.channels) {
        expectTrue(['recorded', 'documented'].includes(evidence), `the evidence of ${channel} is neither of the two`, {
          expected: 'recorded, or documented',
          got: evidence,
        })
      }
    },
  },
  {
    id: 'definition.limits',
    title: 'the limits are numbers that an exchange can mean',
    level: 'must',
    needs: [],
    file,
    docs,
    run({ definition: { limits } }) {
      const { streamsPerConnection, streamHeadroom, clientMessagesPerSecond, connectionLifetimeMs } = limits
      const faults = [
        isCount(streamsPerConnection) && streamsPerConnection >= 1
          ? null
          : 'streamsPerConnection is no whole number of at least 1',
        isCount(streamHeadroom) && Number.isFinite(streamHeadroom) ? null : 'streamHeadroom is no whole number',
        streamHeadroom < streamsPerConnection ? null : 'streamHeadroom leaves no place for a stream',
        isNumber(clientMessagesPerSecond) && clientMessagesPerSecond > 0
          ? null
          : 'clientMessagesPerSecond is no number above 0',
        // Nobody lets a connection live for less, and a lifetime in seconds would be.
        isNumber(connectionLifetimeMs) && connectionLifetimeMs >= 60_000
          ? null
          : 'connectionLifetimeMs is no number of a minute or more: is it in seconds?',
      ].filter((fault) => fault !== null)
      expectTrue(faults.length === 0, faults.join('; '), { got: limits })
    },
  },
  {
    id: 'definition.endpoints',
    title: 'the exchange’s own addresses are encrypted, and hold nothing secret',
    level: 'must',
    needs: [],
    file: 'options.ts',
    docs,
    run({ definition: { endpoints } }) {
      for (const [name, protocol] of [
        ['url', 'wss:'],
        ['restUrl', 'https:'],
      ] as const) {
        const text = endpoints[name]
        const details = { expected: `${protocol}//…`, got: text }
        expectTrue(URL.canParse(text), `endpoints.${name} cannot be read`, details)
        const { protocol: its, username, password, hash } = new URL(text)
        expectTrue(its === protocol, `endpoints.${name} is not ${protocol}`, details)
        expectTrue(
          username + password + hash === '',
          `endpoints.${name} holds a name, a password or a fragment`,
          details,
        )
      }
    },
  },
  {
    id: 'definition.sets-of-this-core',
    title: 'public() and private() give sets of the core that the application uses',
    level: 'must',
    needs: [],
    file,
    docs,
    run(lab) {
      for (const side of strategySides(lab)) {
        const set = side.make()
        expectTrue(
          set instanceof WebSocketStrategySet,
          `${side.name} gives no WebSocketStrategySet of this core: another copy of @tapewire/core is installed beside the adapter, or the set is none`,
          { got: Object.prototype.toString.call(set), file: 'package.json' },
        )
      }
    },
  },
  {
    id: 'definition.contract',
    title: 'each set is of the version of the contract that core has',
    level: 'must',
    needs: [],
    file,
    docs: 'writing-an-adapter.md#build-and-publish',
    run(lab) {
      for (const side of strategySides(lab)) {
        expectEqual(side.make().contract, contractVersion, `the sets of ${side.name} are of another contract`)
      }
    },
  },
  {
    id: 'definition.set-says-the-same',
    title: 'each set has the name and the limits of its definition',
    level: 'must',
    needs: [],
    file,
    docs,
    run(lab) {
      const { name, limits } = lab.definition
      for (const side of strategySides(lab)) {
        const set = side.make()
        expectEqual(set.exchange, name, `the set of ${side.name} is of another exchange`)
        expectEqual({ ...set.limits }, { ...limits }, `the set of ${side.name} has other limits than the definition`)
      }
    },
  },
  {
    id: 'definition.new-strategies-each-time',
    title: 'each call makes a subscription strategy and a parser of its own',
    level: 'must',
    needs: [],
    file,
    docs,
    run(lab) {
      for (const side of strategySides(lab)) {
        const [one, other] = [side.make(), side.make()]
        expectTrue(one !== other, `${side.name} gives the same set twice`)
        expectTrue(
          one.subscriptionStrategy !== other.subscriptionStrategy,
          `two sets of ${side.name} share a subscription strategy: its streams would be of two managers`,
        )
        expectTrue(
          one.messageParser !== other.messageParser,
          `two sets of ${side.name} share a parser: what it reads for one manager would count for the other`,
        )
      }
    },
  },
  {
    id: 'definition.private-where-it-has-an-account',
    title: 'private() is there where a channel of the account is declared, and only there',
    level: 'must',
    needs: [],
    file,
    docs,
    run({ definition }) {
      const names = definition.channels.map(({ channel }) => channel)
      const ofAccount = names.filter((channel) => channels.includes(channel) && traitsOf(channel).scope === 'private')
      if (definition.private === undefined)
        expectEqual(ofAccount, [], `${ofAccount.join(', ')} cannot be had: there is no private()`)
      else
        expectTrue(ofAccount.length > 0, 'there is private(), and no channel of an account is declared', { got: names })
    },
  },
  {
    id: 'definition.private-needs-credentials',
    title: 'private() refuses what is no key',
    level: 'must',
    needs: [],
    file: 'account.ts',
    docs,
    run({ definition }) {
      if (definition.private === undefined) return
      for (const none of [
        undefined,
        null,
        {},
        { apiKey: '', apiSecret: '' },
        { apiKey: 'key' },
        { apiKey: 7, apiSecret: 'x' },
      ]) {
        let thrown: unknown = null
        try {
          definition.private(none as never)
        } catch (error) {
          thrown = error
        }
        if (thrown instanceof StreamError && thrown.code === 'ERR_INVALID_CREDENTIALS') continue
        fail('private() does not refuse credentials that are none', {
          expected: 'a StreamError, ERR_INVALID_CREDENTIALS',
          got: thrown ?? 'a set',
        })
      }
    },
  },
  {
    id: 'definition.emulation-is-of-it',
    title: 'the emulation says that it is of this exchange',
    level: 'must',
    needs: ['venue'],
    file: 'testing/emulation.ts',
    docs: 'writing-an-adapter.md#the-servers-side',
    run(lab) {
      const { name } = lab.definition
      expectEqual(lab.emulation?.exchange, name, 'the emulation is of another exchange')
      expectEqual(lab.stage({ levels: 8 }).emulated.exchange, name, 'the emulated venue is of another exchange', {
        file: 'testing/venue.ts',
      })
    },
  },
]

function isNumber(value: unknown): boolean {
  return typeof value === 'number'
}

function isCount(value: unknown): boolean {
  return value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && (value as number) >= 0)
}
