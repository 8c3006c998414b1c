import type {
  Channel,
  FeedMessage,
  Instrument,
  WebSocketManager,
  WebSocketManagerConfig,
  WebSocketStrategySet,
} from '@tapewire/core'
import type { AccountEvent } from '../../../market/account-event.js'
import type { AccountSimulator, OrderRequest } from '../../../market/account-simulator.js'
import { expectEqual, fail, skip } from '../../check-failure.js'
import type { Lab } from '../../lab/lab.js'
import type { Stage } from '../../lab/stage.js'
import type { StageRecord } from '../../lab/stage-record.js'
import { accountMismatch, toldAccount } from '../../truth/account-truth.js'

/** Longer than an exchange takes to tell what happened, ms. */
const quietMs = 1_500
/** How long an account may take until it is back, ms. */
const recoveryMs = 180_000

/** What a scene of accounts is set with. */
export interface AccountSceneOptions {
  /** Default: all of the account. */
  readonly channels?: readonly Channel[]
  readonly config?: Partial<WebSocketManagerConfig>
  readonly strategies?: (set: WebSocketStrategySet) => WebSocketStrategySet
}

/** An account on a stage, at rest unless a check moves it, and a feed of it. */
export class AccountScene {
  readonly stage: Stage
  readonly manager: WebSocketManager
  readonly record: StageRecord
  readonly set: WebSocketStrategySet
  readonly pair: Instrument
  /** Everything that has happened to the account, in order. */
  readonly happened: AccountEvent[] = []

  private constructor(lab: Lab, { config = {}, strategies = (set) => set }: AccountSceneOptions) {
    this.stage = lab.stage({ levels: 12 })
    this.set = strategies(lab.accountSet())
    const { manager, record } = this.stage.manager(this.set, { config })
    this.manager = manager
    this.record = record
    this.pair = this.stage.instruments[0] as Instrument
    this.account.listen((event) => this.happened.push(event))
  }

  static async open(lab: Lab, options: AccountSceneOptions = {}): Promise<AccountScene> {
    const scene = new AccountScene(lab, options)
    const { stage, manager } = scene
    const channels = options.channels ?? lab.privateChannels
    await stage.settled(
      manager.initialize({ symbols: stage.instruments, channels }),
      'initialize() with the channels of the account should resolve',
    )
    await scene.rest()
    // A feed begins with what happens from then on; what has happened by now is none of the story.
    scene.begin()
    return scene
  }

  get account(): AccountSimulator {
    return this.stage.emulated.account ?? skip('The emulation has no account.')
  }

  /** Whether it is connected and nothing of it gapped: a stream of an account is live with its next message. */
  get isWell(): boolean {
    return this.manager.isConnected() && this.manager.streamStates().every(({ status }) => status !== 'gapped')
  }

  /** Each stream with its state, for reports. */
  get states(): readonly string[] {
    return this.manager.streamStates().map(({ stream, status, reason }) => `${stream.id} is ${status}: ${reason}`)
  }

  /** What happened and was told up to now is forgotten. */
  begin(): void {
    this.happened.length = 0
    this.record.messages.length = 0
  }

  /** The account does nothing by itself, and everything arrives that is on its way: emulations have it live while somebody listens. */
  async rest(): Promise<void> {
    this.account.stop()
    await this.stage.pass(quietMs)
  }

  /** Does something to the account, lets it be told, and holds what was told against what happened. */
  async act(what: string, action: () => unknown): Promise<void> {
    this.begin()
    action()
    await this.rest()
    this.expectTold(what, this.happened, this.record.messages)
  }

  /** Places an order of the first instrument; its id. */
  place(request: Omit<OrderRequest, 'pair'>): string {
    const events = this.account.place({ pair: this.pair, ...request })
    return events.find((event) => event.kind === 'order')?.id ?? ''
  }

  /** Prices of the first instrument: the best of each side, and one at which a buy has to wait. */
  get prices(): { readonly bid: string; readonly ask: string; readonly low: string } {
    const { bids, asks } = this.stage.market.book(this.pair, 10)
    return { bid: bids[0]?.[0] ?? '', ask: asks[0]?.[0] ?? '', low: bids[5]?.[0] ?? '' }
  }

  /** Fails where what was told is not what happened. */
  expectTold(what: string, events: readonly AccountEvent[], messages: readonly FeedMessage[]): void {
    const mismatch = accountMismatch(events, toldAccount(messages))
    if (mismatch === null) return
    const { what: fault, ...details } = mismatch
    fail(`${what}: ${fault}`, details)
  }

  /** Lets the account live for so many steps, some time between them. */
  async live(steps: number, paceMs: number = 50): Promise<void> {
    for (let step = 0; step < steps; step += 1) {
      this.account.stop()
      this.account.step()
      await this.stage.pass(paceMs)
    }
  }

  /** Lets time pass with the account at rest until the condition holds. */
  until(condition: () => boolean, what: string): Promise<void> {
    return this.stage.until(
      () => {
        this.account.stop()
        return condition()
      },
      what,
      recoveryMs,
    )
  }

  /** The account has to be connected, and none of its streams gapped, within the time that it may take. */
  async expectWell(after: string): Promise<void> {
    await this.until(() => this.isWell, `after ${after}, the account’s streams should be there again`)
  }

  /** Every stream of the account has to be there again, and everything that happens from then on be told once. */
  async expectBack(after: string): Promise<void> {
    await this.expectWell(after)
    await this.stage.pass(10_000)
    await this.rest()
    for (let round = 1; round <= 12; round += 1) {
      await this.act(`after ${after}, the ${round}th thing that happened`, () => this.account.step())
    }
  }

  /** Every fill was told once, or is in a gap that says that something is missing; returns how many were not told. */
  expectFillsTold(after: string): number {
    const fills = this.happened.filter((event) => event.kind === 'fill')
    const told = toldAccount(this.record.messages).executions
    const keyOf = (pair: Instrument | null, price: string, size: string, time: number | null): string =>
      `${pair?.name} ${Number(size)} at ${Number(price)}, ${Math.floor((time ?? 0) / 1_000)}`
    const left = told.map(({ symbol, data }) => keyOf(symbol, data.price, data.size, data.time))
    const missing = fills.filter(({ pair, price, size, time }) => {
      const place = left.indexOf(keyOf(pair, price, size, time))
      if (place >= 0) left.splice(place, 1)
      return place < 0
    })
    expectEqual(left, [], `after ${after}, executions were told twice, or never happened`, {
      file: 'parsers/executions.ts',
    })
    const gaps = this.record.gaps.filter(({ channel }) => channel === 'executions')
    for (const fill of missing) {
      const covering = gaps.filter(
        ({ from, to }) => from - quietMs <= fill.time && fill.time <= (to ?? Number.POSITIVE_INFINITY) + quietMs,
      )
      if (covering.length === 0)
        fail(`after ${after}, an execution was lost without a word`, { expected: fill, got: gaps })
      if (covering.every(({ action }) => action === 'backfilled'))
        fail(`after ${after}, a gap was told as fetched, and an execution of it was not told`, {
          expected: fill,
          got: covering,
          file: 'backfill.ts',
        })
    }
    return missing.length
  }
}
