import { type Build, thisBuild } from '../processes/build.js'
import type { Venue } from '../workloads/workload.js'

/** The packages of one build, as far as a message of one exchange passes through them. */
export interface Packages {
  readonly core: Pick<typeof import('@tapewire/core'), 'WebSocketManager' | 'WebSocketStrategySet'>
  readonly spot:
    | typeof import('@tapewire/exchange-gateio')['gateioSpot']
    | typeof import('@tapewire/exchange-mexc')['mexcSpot']
}

/** Loads those of this checkout, or of another, which are modules of their own in the same process. */
export async function loadPackages(build: Build, venue: Venue): Promise<Packages> {
  const nameOf = (name: string): string =>
    build === thisBuild ? `@tapewire/${name}` : new URL(`../../packages/${name}/dist/index.js`, build.folder).href
  const core: Packages['core'] = await import(nameOf('core'))
  const exchange: { gateioSpot: Packages['spot']; mexcSpot: Packages['spot'] } = await import(
    nameOf(`exchange-${venue}`)
  )
  return { core, spot: venue === 'gateio' ? exchange.gateioSpot : exchange.mexcSpot }
}
