import { type AnyExchangeDefinition, type PrivateChannel, privateChannels, type Stream } from '@tapewire/core'
import { assertChannel, Streams, StreamTable, type SubscriptionRequest } from '@tapewire/core/adapter'
import type { Subjects } from '../../subjects.js'
import { AccountPosition } from './account-position.js'
import type { AccountChannel } from './account-records.js'

/** The streams of one account: each is known by the subject that brings it. */
export class AccountStreams {
  readonly #exchange: string
  readonly #streams = new Streams()
  readonly #channels: ReadonlyMap<PrivateChannel, AccountChannel>
  /** By their subjects. */
  readonly channels: ReadonlyMap<string, AccountChannel>
  /** By the bytes of its subject. */
  readonly table: StreamTable = new StreamTable(() => null)

  constructor(exchange: string, account: string, subjects: Subjects) {
    this.#exchange = exchange
    const all = privateChannels.map((channel): AccountChannel => {
      const relayed = { channel, symbol: account, interval: null }
      return { channel, subject: subjects.data(relayed), ask: subjects.ask(relayed), position: new AccountPosition() }
    })
    this.#channels = new Map(all.map((of) => [of.channel, of]))
    this.channels = new Map(all.map((of) => [of.subject, of]))
  }

  /** Throws `ERR_UNSUPPORTED_CHANNEL` for a channel that is none of an account. */
  plan({ channel }: SubscriptionRequest): readonly Stream[] {
    assertChannel(channel, { exchange: this.#exchange, scope: 'private', channels: accountChannels })
    const { subject: id } = this.#channels.get(channel as PrivateChannel) as AccountChannel
    const stream = this.#streams.planned({
      id,
      channels: [channel],
      instrument: null,
      wireChannel: channel,
      wireSymbol: null,
    })
    this.table.learn(id, stream)
    return [stream]
  }

  /** How far a stream was read. */
  positionOf(stream: Stream): AccountPosition | null {
    return this.channels.get(stream.id)?.position ?? null
  }
}

/** What an exchange has of an account is known to its relay alone: who asks for what it has not is refused there. */
export const accountChannels: AnyExchangeDefinition['channels'] = privateChannels.map((channel) => ({
  channel,
  wireChannel: channel,
  evidence: 'recorded',
}))
