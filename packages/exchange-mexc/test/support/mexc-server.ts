import { type Instrument, parseInstrument } from '@tapewire/core'
import { ManualClock } from '@tapewire/core/testing'
import { type AccountSimulator, startVenueServer, type VenueServer, type VenueSession } from '@tapewire/testkit'
import { type MexcSpotVenue, type MexcSpotVenueControl, mexcSpotVenue } from '../../src/testing/index.js'
import { readRequest } from '../../src/testing/requests.js'

export const btc: Instrument = parseInstrument('BTC/USDT')
export const eth: Instrument = parseInstrument('ETH/USDT')
const lobster: Instrument = parseInstrument('龙虾/USDT')

/** The venue on a clock of its own, quiet until told otherwise. */
export interface MexcServer {
  readonly server: VenueServer
  readonly account: AccountSimulator
  readonly control: MexcSpotVenueControl
  readonly clock: ManualClock
  /** The methods of what clients asked for, in order. */
  readonly asked: readonly string[]
  /** Resolves once the venue has acted on so many subscription requests, of all clients together. */
  subscriptions(count: number): Promise<void>
}

export async function startMexcServer(pairs: readonly Instrument[] = [btc, eth, lobster]): Promise<MexcServer> {
  const clock = new ManualClock()
  const watch = new RequestWatch()
  let venue: MexcSpotVenue | undefined
  const server = await startVenueServer({
    venue: (context) => {
      const emulation = mexcSpotVenue(context)
      venue = emulation
      return {
        exchange: emulation.exchange,
        accept: (client, request) => {
          const session = emulation.accept(client, request)
          return 'status' in session ? session : watch.observed(session)
        },
        handle: (request) => emulation.handle(request),
        close: () => emulation.close(),
      }
    },
    pairs,
    clock,
    seed: 7,
  })
  if (venue === undefined) throw new Error('The server made no venue.')
  const { account, control } = venue
  return { server, account, control, clock, asked: watch.asked, subscriptions: (count) => watch.reached(count) }
}

/** Notes what is asked for, and wakes who waits for it. */
class RequestWatch {
  readonly asked: string[] = []
  readonly #waiting = new Set<() => void>()

  observed(session: VenueSession): VenueSession {
    return {
      onMessage: (data, isBinary) => {
        session.onMessage(data, isBinary)
        const request = readRequest(String(data))
        if (request !== null) this.asked.push(request.method)
        for (const wake of this.#waiting) wake()
      },
      onClose: () => session.onClose(),
    }
  }

  async reached(atLeast: number): Promise<void> {
    const count = (): number => this.asked.filter((method) => method === 'SUBSCRIPTION').length
    while (count() < atLeast) await new Promise<void>((resolve) => this.#waiting.add(resolve))
  }
}
