import { type Stream, StreamError } from '@tapewire/core'
import {
  type AccountLook,
  assertChannel,
  type ConnectionContext,
  checkedSignature,
  type FailureKind,
  type OutboundMessage,
  type RequestContext,
  type Signer,
  type StrategyEnv,
  type SubscriptionAction,
  type SubscriptionRequest,
  type SubscriptionStrategy,
  signingFailed,
  type Transport,
  type TransportClose,
} from '@tapewire/core/adapter'
import type { ServerTime } from '../shared/rest.js'
import { digest, signedText } from '../shared/signature.js'
import { accountChannels } from './channels.js'
import { GateioSpotConnection } from './connection.js'
import type { ResolvedOptions } from './options.js'
import { type Batch, batchStreams, composeRequest, requestWithId } from './requests.js'
import type { GateioSpotStreams } from './streams.js'

/** The account's connection: the server's clock is asked before each attempt, because signatures hold its time. */
export class GateioSpotAccountConnection extends GateioSpotConnection {
  readonly hasCredentials = true
  readonly accountLook: AccountLook
  readonly #serverTime: ServerTime
  /** What sockets could not be opened for. */
  readonly #refusedSockets = new WeakSet<object>()

  constructor(options: ResolvedOptions, serverTime: ServerTime, accountLook: AccountLook) {
    super(options)
    this.accountLook = accountLook
    this.#serverTime = serverTime
  }

  override async context(env: StrategyEnv): Promise<ConnectionContext> {
    await this.#serverTime.measure(env)
    return super.context(env)
  }

  override async connect(context: ConnectionContext, env: StrategyEnv): Promise<Transport> {
    try {
      return await super.connect(context, env)
    } catch (thrown) {
      this.#refusedSockets.add(thrown as StreamError)
      throw thrown
    }
  }

  /** A handshake refused with 401 or 403 is about this address or the moment: it says nothing of a key, which comes with the first request only. */
  classify(end: TransportClose | StreamError): FailureKind | null {
    const isRefused = end instanceof StreamError && this.#refusedSockets.has(end)
    return isRefused && end.code === 'ERR_AUTHENTICATION_FAILED' ? 'rejected' : null
  }
}

/** The account: every request is signed on its own, with the server's time. */
export class GateioSpotAccountSubscription implements SubscriptionStrategy {
  readonly #signer: Signer
  readonly #serverTime: ServerTime
  readonly #streams: GateioSpotStreams

  constructor(signer: Signer, serverTime: ServerTime, streams: GateioSpotStreams) {
    this.#signer = signer
    this.#serverTime = serverTime
    this.#streams = streams
  }

  /** Orders and executions of the markets named, or of the whole account where none is; balances always of the whole account. */
  plan(request: SubscriptionRequest): readonly Stream[] {
    assertChannel(request.channel, accountChannels)
    return this.#streams.plan(request)
  }

  /** Resolves later only where the signing function does. Rejects with `ERR_SIGNING_FAILED` where that function fails. */
  createSubscriptionMessages(
    action: SubscriptionAction,
    streams: readonly Stream[],
    context: RequestContext,
  ): readonly OutboundMessage[] | Promise<readonly OutboundMessage[]> {
    const time = this.#serverTime.seconds(context.clock.wallTime())
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

  /** Signatures are refused for their age where this machine's clock has gone astray since it was compared with the server's. */
  measureTime(env: StrategyEnv): Promise<void> {
    return this.#serverTime.renew(env)
  }

  createRequest(payload: Readonly<Record<string, unknown>>, requestId: number): string {
    return requestWithId(payload, requestId)
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
    return `,"auth":{"method":"api_key","KEY":${key},"SIGN":"${checkedSignature(signature, digest)}"}`
  }
}
