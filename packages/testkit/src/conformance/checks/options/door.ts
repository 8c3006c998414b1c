import { StreamError } from '@tapewire/core'
import { createEnv, type Network, type StrategyEnv } from '@tapewire/core/adapter'
import { ManualClock } from '@tapewire/core/testing'
import type { ConformanceCheck } from '../../check.js'
import { expectEqual, expectTrue, fail } from '../../check-failure.js'
import { thrownBy } from '../../lab/by-hand.js'
import { donePastTheDoor } from '../../lab/door-watch.js'
import type { Lab } from '../../lab/lab.js'
import { listingCall, openableSides, type WaitingCall, waitingCalls } from '../../lab/waiting-calls.js'
import { WatchedNetwork } from '../../lab/watched-network.js'

const docs = 'writing-an-adapter.md#strategy-1-the-connection'

/** Whether `env` is the one door to time, chance and the network. */
export const doorChecks: readonly ConformanceCheck[] = [
  {
    id: 'options.env-is-the-only-door',
    title: 'time, chance and the network are taken from env alone',
    level: 'must',
    needs: ['venue'],
    file: 'connection.ts',
    docs,
    async run(lab) {
      const past = await donePastTheDoor(async () => {
        for (const call of allCalls(lab)) {
          const stage = lab.stage({ levels: 8 })
          await stage.settled(
            thrownBy(() => call.call(stage.env())),
            `${call.name} should settle`,
          )
        }
        for (const side of openableSides(lab)) {
          const stage = lab.stage({ levels: 8 })
          const { manager } = stage.manager(side.make())
          const channels = side.name === 'public()' ? lab.publicChannels : lab.privateChannels
          await stage.settled(
            thrownBy(() => manager.initialize({ symbols: lab.instruments, channels })),
            'initialize() should settle',
          )
          for (let step = 0; step < 20; step++) {
            stage.market.step()
            await stage.pass(500)
          }
        }
      })
      expectEqual(
        past,
        [],
        'something was done past env: pass env on, and take time from env.clock and chance from env.random',
      )
    },
  },
  {
    id: 'options.env-is-not-kept',
    title: 'each call uses the env that it was given, and not that of another',
    level: 'must',
    needs: ['venue'],
    file: 'connection.ts',
    docs,
    async run(lab) {
      for (const { name, file, call } of allCalls(lab)) {
        const stage = lab.stage({ levels: 8 })
        const networks = [new WatchedNetwork(stage.network), new WatchedNetwork(stage.network)] as const
        for (const network of networks) {
          await stage.settled(
            thrownBy(() => call(createEnv({ ...stage.env(), network }))),
            `${name} should settle`,
          )
        }
        const [first, second] = networks
        if (first.restUrls.length + first.socketUrls.length === 0) continue
        // What the first call found out need not be asked again; but nothing more may go over its network.
        const before = first.restUrls.length + first.socketUrls.length
        await stage.settled(
          thrownBy(() => call(createEnv({ ...stage.env(), network: second }))),
          `${name} should settle`,
        )
        expectEqual(
          first.restUrls.length + first.socketUrls.length,
          before,
          `${name} goes over the network of an earlier call`,
          { file },
        )
      }
    },
  },
  {
    id: 'options.signal-ends-calls',
    title: 'a call that waits ends once its signal is aborted',
    level: 'must',
    needs: ['venue'],
    file: 'connection.ts',
    docs,
    async run(lab) {
      for (const { name, file, call } of allCalls(lab)) {
        let asked = 0
        const clock = new ManualClock()
        const end = new AbortController()
        const env = createEnv({
          clock,
          network: deafNetwork(() => (asked += 1)),
          signal: end.signal,
          random: () => 0.5,
        })
        let isSettled = false
        const settled = thrownBy(() => call(env)).then((thrown) => {
          isSettled = true
          return thrown
        })
        await turns()
        // What needs no network is over by now.
        if (isSettled || asked === 0) continue
        const reason = new StreamError('ERR_CLOSED', 'This is not wanted any more.')
        end.abort(reason)
        await turns()
        if (!isSettled)
          fail(`${name} goes on after its signal was aborted`, { file, expected: 'that it rejects at once' })
        const thrown = await settled
        expectTrue(thrown !== null, `${name} resolves although its signal was aborted`, { file })
      }
    },
  },
  {
    id: 'options.aborted-before-it-begins',
    title: 'a call whose signal is aborted already asks for nothing',
    level: 'must',
    needs: ['venue'],
    file: 'connection.ts',
    docs,
    async run(lab) {
      for (const { name, file, call } of allCalls(lab)) {
        const stage = lab.stage({ levels: 8 })
        const network = new WatchedNetwork(stage.network)
        const env: StrategyEnv = createEnv({
          ...stage.env(AbortSignal.abort(new StreamError('ERR_CLOSED', 'This was never wanted.'))),
          network,
        })
        await stage.settled(
          thrownBy(() => call(env)),
          `${name} should settle`,
        )
        const got = [...network.socketUrls, ...network.restUrls].map((address) => address.replace(/\?.*/, '?…'))
        // What asks for an aborted signal by itself is answered by nobody, and costs nothing.
        expectTrue(
          stage.venue.sessions.length === 0 && stage.venue.requests.length === 0,
          `${name} asks the exchange although its signal was aborted`,
          {
            got,
            file,
          },
        )
      }
    },
  },
]

/** Every call that may wait, of new strategies of each kind. */
function allCalls(lab: Lab): readonly WaitingCall[] {
  const listing = listingCall(lab)
  const calls = openableSides(lab).flatMap((side) =>
    // Of strategies of its own each: what one call found out must not spare another its question.
    waitingCalls(lab, side.make()).map(({ name, file }, place) => {
      const own = waitingCalls(lab, side.make())[place] as WaitingCall
      return { name: `${name} of ${side.name}`, file, call: (env: StrategyEnv) => own.call(env) }
    }),
  )
  return listing === null ? calls : [...calls, listing]
}

/** Takes whatever is asked, and answers nothing until the signal ends it. */
function deafNetwork(onCall: () => void): Network {
  const wait = (signal: AbortSignal): Promise<never> => {
    onCall()
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
  }
  return {
    openSocket: (_address, { signal }) => wait(signal),
    request: (_request, { signal }) => wait(signal),
  }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise<void>((resolve) => void setImmediate(resolve))
}
