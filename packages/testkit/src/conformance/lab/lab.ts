import {
  type AnyExchangeDefinition,
  type Channel,
  type Credentials,
  type EndpointOptions,
  type FeedMessage,
  type Instrument,
  type PublicChannel,
  parseInstrument,
  privateChannels,
  publicChannels,
  type WebSocketStrategySet,
} from '@tapewire/core'
import type { ExchangeEmulation, OptionVariant } from '../../venue/exchange-emulation.js'
import type { VenueControl } from '../../venue/venue-control.js'
import { skip } from '../check-failure.js'
import type { Subject } from '../subject.js'
import { Stage, type StageOptions } from './stage.js'

const usualInstruments: readonly Instrument[] = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT', 'XRP/USDT'].map((name) =>
  parseInstrument(name),
)
const asItIs: readonly OptionVariant[] = [{ name: 'default options', options: {} }]
/** Opens nothing: for parsers, which is all that is wanted of such a set. */
const placeholder: Credentials = { apiKey: 'none', apiSecret: 'none' }

let hosts = 0

/** What the checks of one run have made together, by a name. */
export type RunMemory = Map<string, Promise<unknown>>

/** Where a check works: what is checked, and stages to check it on. One for each check; `close()` ends whatever it opened. */
export class Lab {
  readonly subject: Subject
  readonly definition: AnyExchangeDefinition
  readonly emulation: ExchangeEmulation | null
  /** What the emulated market trades: at least four. */
  readonly instruments: readonly Instrument[]
  /** Options with which the exchange looks different, the default ones first: other depths, other wire channels. */
  readonly variants: readonly OptionVariant[]
  readonly #shared: RunMemory
  readonly #stages: Stage[] = []
  readonly #cleanUps: (() => unknown)[] = []
  #probe: Stage | null = null

  constructor(subject: Subject, shared: RunMemory) {
    this.subject = subject
    this.definition = subject.exchange
    this.emulation = subject.venue ?? null
    this.instruments = this.emulation?.instruments ?? usualInstruments
    this.variants = [...asItIs, ...(this.emulation?.variants ?? [])]
    this.#shared = shared
  }

  /** One for the same run, with stages of its own. */
  another(): Lab {
    return new Lab(this.subject, this.#shared)
  }

  get publicChannels(): readonly PublicChannel[] {
    return publicChannels.filter((channel) => this.has(channel))
  }

  get privateChannels(): readonly Channel[] {
    return privateChannels.filter((channel) => this.has(channel))
  }

  has(channel: Channel): boolean {
    return this.definition.channels.some((support) => support.channel === channel)
  }

  get keepsBooks(): boolean {
    return this.has('orderbook') && this.publicSet().bookRules !== null
  }

  /** Whether the emulation has an account and the definition a way to it. */
  get hasAccount(): boolean {
    return (
      this.definition.private !== undefined &&
      (this.emulation?.credentials ?? null) !== null &&
      this.#venue?.emulated.account !== undefined
    )
  }

  /** Whether sessions of the emulation say what they are subscribed to. */
  get tellsStreams(): boolean {
    const session = this.#venue?.emulated.accept({ send: () => {}, close: () => {}, terminate: () => {} }, handshake)
    if (session === undefined || 'status' in session) return false
    session.onClose()
    return session.streams !== undefined
  }

  canControl(method: keyof VenueControl): boolean {
    return this.#venue !== null && typeof this.#venue.control?.[method] === 'function'
  }

  /** Strategies for market data, new ones each time. */
  publicSet(options: EndpointOptions = {}): WebSocketStrategySet {
    return this.definition.public(options)
  }

  /** Strategies for the emulation's account, new ones each time; on a host of their own, so that what an adapter shares between the feeds of one process stays apart. */
  accountSet(options: EndpointOptions = {}, credentials?: Credentials): WebSocketStrategySet {
    const own = credentials ?? this.emulation?.credentials
    if (this.definition.private === undefined || own === undefined || own === null)
      skip(`${this.definition.name} has no account here.`)
    hosts += 1
    return this.definition.private(own, { restUrl: `https://host-${hosts}.example`, ...options })
  }

  /** Strategies for an account that is never opened: for its parser. */
  placeholderAccountSet(): WebSocketStrategySet {
    if (this.definition.private === undefined) skip(`${this.definition.name} has no private streams.`)
    return this.definition.private(placeholder)
  }

  /** An exchange, its network and its clock. Ends with the lab. */
  stage(options: Partial<StageOptions> = {}): Stage {
    if (this.emulation === null) skip('There is no emulation of this exchange.')
    const stage = new Stage(this.emulation, { instruments: this.instruments, ...options })
    this.#stages.push(stage)
    return stage
  }

  /** What is made by the first check that wants it, and is the same for all later ones of the run. */
  once<Result>(name: string, make: () => Promise<Result>): Promise<Result> {
    const made = (this.#shared.get(name) as Promise<Result> | undefined) ?? make()
    this.#shared.set(name, made)
    return made
  }

  /** What `once` has made by that name in this run; null where no check has wanted it so far. */
  made<Result>(name: string): Promise<Result> | null {
    return (this.#shared.get(name) as Promise<Result> | undefined) ?? null
  }

  /** Frames that no parser on its stages could tell; null where it has set no stage. */
  get unknown(): readonly FeedMessage[] | null {
    return this.#stages.length === 0 ? null : this.#stages.flatMap(({ unknown }) => unknown)
  }

  /** Has something end with the check: a server, a folder. */
  onClose(cleanUp: () => unknown): void {
    this.#cleanUps.push(cleanUp)
  }

  async close(): Promise<void> {
    for (const stage of this.#stages) await stage.close()
    this.#probe?.venue.close()
    for (const cleanUp of this.#cleanUps.reverse()) await cleanUp()
  }

  /** A venue to ask what it can do; nothing ever happens on it. */
  get #venue(): Stage | null {
    if (this.emulation === null) return null
    this.#probe ??= new Stage(this.emulation, { instruments: this.instruments })
    return this.#probe
  }
}

const handshake = { method: 'GET', url: new URL('http://venue.invalid/'), headers: {}, body: '' } as const
