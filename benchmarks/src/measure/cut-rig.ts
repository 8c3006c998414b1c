import type { Build, ProcessName } from '../processes/build.js'
import { Child } from '../processes/child.js'
import type { CutClientReady, CutClientStart } from '../processes/cut-client.js'
import type { VenueCommand, VenueReport } from '../processes/venue-process.js'

/** How often something happens on the market, ms. */
export const marketIntervalMs = 5

/** Which client feels the cuts, and what it streams. */
export interface CutRigParts extends Omit<CutClientStart, 'kind' | 'url' | 'restUrl'> {
  readonly client: ProcessName
  /** The client's: the exchange is always of this checkout. */
  readonly build: Build
  /** Whether the exchange is to say later what it pushed. */
  readonly isLogged: boolean
}

/** An emulated exchange with a market that lives, which cuts its clients on command, and one client: each in a process of its own, made anew for each measurement. */
export class CutRig<Command extends { readonly kind: string }, Report extends { readonly kind: string }> {
  readonly exchange: Child<VenueCommand, VenueReport>
  readonly client: Child<Command | CutClientStart, Report | CutClientReady>

  private constructor({ client, build }: CutRigParts) {
    this.exchange = new Child('venue-process')
    this.client = new Child(client, { build })
  }

  /** Starts both, and resolves when every book of the client is live. */
  static async open<Command extends { readonly kind: string }, Report extends { readonly kind: string }>(
    parts: CutRigParts,
  ): Promise<CutRig<Command, Report>> {
    const rig = new CutRig<Command, Report>(parts)
    try {
      const { venue, symbols, channels, isLogged } = parts
      rig.exchange.send({ kind: 'start', venue, symbols, intervalMs: marketIntervalMs, isLogged })
      const { url, restUrl } = await rig.exchange.next('listening')
      rig.client.send({ kind: 'start', venue, url, restUrl, symbols, channels })
      await rig.client.next('ready')
    } catch (thrown) {
      await rig.close()
      throw thrown
    }
    return rig
  }

  /** Puts the exchange's clock ahead: it is as if so long lay between two cuts. The client's is put ahead by a command of its own. */
  async skip(skipMs: number): Promise<void> {
    this.exchange.send({ kind: 'skip', skipMs })
    await this.exchange.next('skipped')
  }

  async close(): Promise<void> {
    await Promise.all([this.exchange.end(), this.client.end()])
  }
}
