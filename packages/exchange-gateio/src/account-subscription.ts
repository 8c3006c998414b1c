import {
  type Channel,
  type Instrument,
  type OutboundMessage,
  type PrivateChannel,
  privateChannels,
  type Stream,
  StreamError,
  type SubscriptionAction,
  type SubscriptionContext,
  type SubscriptionRequest,
  type SubscriptionStrategy,
  type SymbolTable,
} from '@tapewire/core'
import { streamId, wireChannels } from './channels.js'
import { type Batch, batchStreams, composeRequest } from './requests.js'
import type { ServerTime } from './server-time.js'
import { checkedSignature, type Signer, signedText } from './signature.js'
import { wireSymbolOf } from './symbols.js'

const wireChannelOf: Readonly<Record<PrivateChannel, string>> = {
  orders: wireChannels.orders,
  executions: wireChannels.userTrades,
  balances: wireChannels.balances,
}

/** The account: every request is signed on its own, with the server's time. */
export class GateioAccountSubscription implements SubscriptionStrategy {
  readonly #signer: Signer
  readonly #serverTime: ServerTime
  readonly #symbols: SymbolTable

  constructor(signer: Signer, serverTime: ServerTime, symbols: SymbolTable) {
    this.#signer = signer
    this.#serverTime = serverTime
    this.#symbols = symbols
  }

  /** Orders and executions of the markets named, or of the whole account where none is; balances always of the whole account. */
  plan({ symbols, channels }: SubscriptionRequest): readonly Stream[] {
    const streams = new Map<string, Stream>()
    for (const channel of channels) {
      assertPrivate(channel)
      const isAccountWide = channel === 'balances' || symbols.length === 0
      for (const symbol of isAccountWide ? [null] : symbols) {
        const stream = this.#streamOf(channel, symbol)
        streams.set(stream.id, stream)
      }
    }
    return [...streams.values()]
  }

  /** Resolves later only where the signing function does. Rejects with `ERR_AUTHENTICATION_FAILED` where that function fails. */
  createSubscriptionMessages(
    action: SubscriptionAction,
    streams: readonly Stream[],
    context: SubscriptionContext,
  ): readonly OutboundMessage[] | Promise<readonly OutboundMessage[]> {
    const time = this.#serverTime.seconds(context.wallTime())
    const batches = batchStreams(streams)
    const wireNames = [...new Set(batches.map((batch) => batch.wireChannel))]
    const signatures = wireNames.map((wireChannel) => this.#sign(signedText(wireChannel, action, time)))
    const compose = (signed: readonly string[]): readonly OutboundMessage[] => {
      const authOf = new Map(wireNames.map((name, index) => [name, this.#authText(signed[index])]))
      return batches.map((batch: Batch) => composeRequest(action, batch, time, context, authOf.get(batch.wireChannel)))
    }
    if (signatures.every((signature) => typeof signature === 'string')) return compose(signatures)
    return Promise.all(signatures).then(compose, (thrown) => {
      throw signingFailed(thrown)
    })
  }

  #sign(text: string): string | Promise<string> {
    try {
      return this.#signer.sign(text)
    } catch (thrown) {
      throw signingFailed(thrown)
    }
  }

  #authText(signature: unknown): string {
    const key = JSON.stringify(this.#signer.apiKey)
    return `,"auth":{"method":"api_key","KEY":${key},"SIGN":"${checkedSignature(signature)}"}`
  }

  #streamOf(channel: PrivateChannel, symbol: Instrument | null): Stream {
    const wireChannel = wireChannelOf[channel]
    const wireSymbol = symbol === null ? null : wireSymbolOf(symbol)
    if (symbol !== null && wireSymbol !== null) this.#symbols.register(symbol, wireSymbol)
    return { id: streamId(wireChannel, wireSymbol), channel, symbol, wireChannel, wireSymbol, params: [] }
  }
}

function assertPrivate(channel: Channel): asserts channel is PrivateChannel {
  if ((privateChannels as readonly string[]).includes(channel)) return
  throw new StreamError('ERR_UNSUPPORTED_CHANNEL', `gateio_spot has no account channel ${channel}.`, {
    hint: `Use gateioSpot.public() for market data; the account has ${privateChannels.join(', ')}.`,
  })
}

function signingFailed(thrown: unknown): StreamError {
  if (thrown instanceof StreamError) return thrown
  return new StreamError('ERR_AUTHENTICATION_FAILED', 'The signing function did not sign.', {
    hint: 'Look at the cause: it is what the function threw.',
    cause: thrown,
  })
}
