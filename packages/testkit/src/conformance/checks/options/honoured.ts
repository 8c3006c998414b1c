import type { WebSocketStrategySet } from '@tapewire/core'
import { createEnv } from '@tapewire/core/adapter'
import type { ConformanceCheck } from '../../check.js'
import { expectEqual, expectTrue, skip } from '../../check-failure.js'
import { closedEnv, hasCode, thrownBy } from '../../lab/by-hand.js'
import type { Lab } from '../../lab/lab.js'
import type { Stage } from '../../lab/stage.js'
import { listingCall, openableSides, type WaitingCall, waitingCalls } from '../../lab/waiting-calls.js'
import { plannedStreams } from '../../lab/wanted-streams.js'
import { WatchedNetwork } from '../../lab/watched-network.js'

const file = 'options.ts'
const docs = 'writing-an-adapter.md#the-definition'

const url = 'wss://stream.elsewhere.example/ws'
const restUrl = 'https://api.elsewhere.example/base'

/** Options that can be meant, and what becomes of them. */
export const honouredOptionChecks: readonly ConformanceCheck[] = [
  {
    id: 'options.url-honoured',
    title: 'the socket is opened at `url` where it is given, and at the exchange’s own address where it is not',
    level: 'must',
    needs: ['venue'],
    file,
    docs,
    async run(lab) {
      for (const side of openableSides(lab)) {
        const stage = lab.stage({ levels: 8 })
        const own = await contextUrl(stage, () => side.make())
        const given = await contextUrl(stage, () => side.make({ url }))
        expectTrue(
          isAt(own, lab.definition.endpoints.url),
          `without url, ${side.name} connects elsewhere than to endpoints.url`,
          {
            expected: lab.definition.endpoints.url,
            got: own,
          },
        )
        expectTrue(isAt(given, url), `${side.name} does not connect to the url that is given`, {
          expected: url,
          got: given,
        })
      }
    },
  },
  {
    id: 'options.rest-url-honoured',
    title: 'every REST call goes to `restUrl` where it is given, and to the exchange’s own address where it is not',
    level: 'must',
    needs: ['venue'],
    file,
    docs,
    async run(lab) {
      let asked = 0
      for (const base of [restUrl, lab.definition.endpoints.restUrl]) {
        const options = base === restUrl ? { restUrl } : undefined
        for (const side of openableSides(lab)) {
          // The base of the account is its own in each check, so only a base that is given can be looked for.
          if (side.name === 'private()' && options === undefined) continue
          const set = side.make(options)
          const listing = side.name === 'public()' ? listingCall(lab, options) : null
          for (const call of [...waitingCalls(lab, set), ...(listing === null ? [] : [listing])]) {
            const { restUrls } = await madeOnStage(lab, call)
            asked += restUrls.length
            for (const asked of restUrls) {
              expectTrue(isAt(asked, base), `${call.name} of ${side.name} asks another address`, {
                expected: base,
                got: asked.replace(/\?.*/, '?…'),
                file: call.file,
              })
            }
          }
        }
      }
      if (asked === 0) skip(`${lab.definition.name} calls no REST.`)
    },
  },
  {
    id: 'options.rest-url-with-slash',
    title: 'a slash at the end of `restUrl` makes no difference',
    level: 'must',
    needs: ['venue'],
    file,
    docs,
    async run(lab) {
      const listing = (options: { readonly restUrl: string }): readonly WaitingCall[] => {
        const call = listingCall(lab, options)
        return [...waitingCalls(lab, lab.publicSet(options)), ...(call === null ? [] : [call])]
      }
      const [plain, slashed] = [listing({ restUrl }), listing({ restUrl: `${restUrl}/` })]
      let asked = 0
      for (const [place, call] of plain.entries()) {
        const { restUrls: expected } = await madeOnStage(lab, call)
        const { restUrls: got } = await madeOnStage(lab, slashed[place] as WaitingCall)
        asked += expected.length
        expectEqual(got, expected, `${call.name} asks another address where restUrl ends in a slash`)
      }
      if (asked === 0) skip(`${lab.definition.name} calls no REST for market data.`)
    },
  },
  {
    id: 'options.socket-honoured',
    title: 'the settings of the socket are those that were given',
    level: 'must',
    needs: [],
    file,
    docs,
    run(lab) {
      const socket = { handshakeTimeoutMs: 1_234, maxPayloadBytes: 4_321, transport: 'ws' } as const
      const sets: [string, WebSocketStrategySet, WebSocketStrategySet][] = [
        ['public()', lab.publicSet({ socket }), lab.publicSet()],
      ]
      const { private: open } = lab.definition
      if (open !== undefined) {
        const key = { apiKey: 'key', apiSecret: 'secret' }
        sets.push(['private()', open.call(lab.definition, key, { socket }), open.call(lab.definition, key)])
      }
      for (const [name, given, own] of sets) {
        expectEqual({ ...given.socket }, socket, `the set of ${name} has other settings of the socket`)
        expectTrue(
          own.socket === null || Object.keys(own.socket).length === 0,
          `the set of ${name} has settings of the socket that nobody gave`,
          {
            expected: null,
            got: own.socket,
          },
        )
      }
    },
  },
  {
    id: 'options.insecure-socket-refused',
    title: 'a socket address that is not encrypted is never connected to, except on loopback',
    level: 'must',
    needs: ['venue'],
    file: 'connection.ts',
    docs: 'writing-an-adapter.md#strategy-1-the-connection',
    async run(lab) {
      for (const side of openableSides(lab)) {
        const stage = lab.stage({ levels: 8 })
        const network = new WatchedNetwork(stage.network)
        const opened = thrownBy(async () => {
          const { connectionStrategy } = side.make({ url: 'ws://stream.elsewhere.example/ws' })
          const env = createEnv({ ...stage.env(), network })
          await connectionStrategy.connect(await connectionStrategy.context(env), env)
        })
        const thrown = await stage.settled(opened, 'connect() should settle')
        expectTrue(
          hasCode(thrown, 'ERR_INSECURE_URL'),
          `${side.name} does not refuse ws:// to a host that is not this machine`,
          {
            expected: 'ERR_INSECURE_URL',
            got: thrown ?? 'a connection',
          },
        )
        expectEqual(network.socketUrls, [], `${side.name} connected to it`)
      }
    },
  },
  {
    id: 'options.undefined-is-not-given',
    title: 'an option that is undefined counts as not given',
    level: 'must',
    needs: [],
    file,
    docs,
    async run(lab) {
      const none = { url: undefined, restUrl: undefined, socket: undefined }
      const set = lab.definition.public(none as never)
      const own = lab.publicSet()
      const [got, expected] = [await urlWithout(set), await urlWithout(own)]
      expectEqual(got, expected, 'public() connects elsewhere where url is undefined')
      expectEqual(set.socket, own.socket, 'public() takes a socket that is undefined for one that was given')
    },
  },
  {
    id: 'options.not-changed',
    title: 'the options that are given are left as they are',
    level: 'must',
    needs: [],
    file,
    docs,
    async run(lab) {
      for (const { name, options } of lab.variants) {
        const given = structuredClone({ ...options, url, restUrl, socket: { handshakeTimeoutMs: 900 } })
        const before = structuredClone(given)
        const thrown = await thrownBy(() => lab.definition.public(deepFrozen(given)))
        expectTrue(thrown === null, `public() does not take options that are frozen (${name})`, { got: thrown })
        expectEqual(given, before, `public() changes the options that it is given (${name})`)
      }
    },
  },
  {
    id: 'options.later-changes-do-not-count',
    title: 'what is changed about the options afterwards changes nothing',
    level: 'must',
    needs: [],
    file,
    docs,
    async run(lab) {
      const given: { url: string } = { url }
      const set = lab.definition.public(given)
      given.url = 'wss://changed.example/ws'
      const got = await urlWithout(set)
      expectTrue(isAt(got, url), 'the set follows what is done to the options after it was made', {
        expected: url,
        got,
      })
    },
  },
  {
    id: 'options.sets-do-not-share-them',
    title: 'the options of one set do not reach another',
    level: 'must',
    needs: [],
    file,
    docs,
    async run(lab) {
      const [one, own, other] = [
        lab.publicSet({ url }),
        lab.publicSet(),
        lab.publicSet({ url: 'wss://second.example/ws' }),
      ]
      const details = { expected: [url, lab.definition.endpoints.url, 'wss://second.example/ws'] }
      const got = [await urlWithout(one), await urlWithout(own), await urlWithout(other)]
      expectTrue(
        got.every((address, place) => isAt(address, details.expected[place] as string)),
        'sets with different urls connect to the same',
        { ...details, got },
      )
      const usual = plannedIds(lab)
      for (const { name, options } of lab.variants) {
        lab.publicSet(options)
        expectEqual(plannedIds(lab), usual, `after a set with ${name}, one without options means other streams`)
      }
    },
  },
]

/** The streams that a set without options means. */
function plannedIds(lab: Lab): readonly string[] {
  return plannedStreams(lab.publicSet(), { channels: lab.publicChannels, candleIntervals: null }, lab).map(
    ({ id }) => id,
  )
}

/** Where a set for market data would connect, without any network. */
async function urlWithout(set: WebSocketStrategySet): Promise<string> {
  const { connectionStrategy } = set
  let found: string | null = null
  const thrown = await thrownBy(async () => {
    found = (await connectionStrategy.context(closedEnv())).url
  })
  if (found === null) skip(`Where it connects cannot be told without a network (${String(thrown)}).`)
  return found
}

async function contextUrl(stage: Stage, make: () => WebSocketStrategySet): Promise<string> {
  const { connectionStrategy } = make()
  const { url: found } = await stage.settled(connectionStrategy.context(stage.env()), 'context() should resolve')
  return found
}

/** Makes one call on a stage of its own, and tells what it asked the network for. What comes of the call is the affair of other checks. */
async function madeOnStage(lab: Lab, { name, call }: WaitingCall): Promise<WatchedNetwork> {
  const stage = lab.stage({ levels: 8 })
  const network = new WatchedNetwork(stage.network)
  await stage.settled(
    thrownBy(() => call(createEnv({ ...stage.env(), network }))),
    `${name} should settle`,
  )
  return network
}

/** Whether an address is at a base: the same host, and the base's path or one below it. */
function isAt(address: string, base: string): boolean {
  if (!URL.canParse(address)) return false
  const [one, other] = [new URL(address), new URL(base)]
  const path = other.pathname.replace(/\/+$/, '')
  return (
    one.protocol === other.protocol &&
    one.host === other.host &&
    (one.pathname === path || one.pathname.startsWith(`${path}/`))
  )
}

function deepFrozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) deepFrozen(part)
    Object.freeze(value)
  }
  return value
}
