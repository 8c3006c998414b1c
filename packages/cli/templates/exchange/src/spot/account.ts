// #private
import type { Credentials, Stream } from '@tapewire/core'
import {
  assertChannel,
  type ConnectionContext,
  checkedSignature,
  createSigner,
  type LoginSession,
  type OutboundMessage,
  type RequestContext,
  type Signer,
  type StrategyEnv,
  type SubscriptionAction,
  type SubscriptionRequest,
  type SubscriptionStrategy,
  signingFailed,
} from '@tapewire/core/adapter'
import { accountChannels } from './channels.js'
import { NewexSpotConnection } from './connection.js'
import { composeRequests } from './requests.js'
import type { NewexSpotStreams } from './streams.js'

const digest = 'sha256'

/** Left to write: what a key of Newex is made of, and what it needs permission for. Throws `ERR_INVALID_CREDENTIALS`. */
export function signerOf(credentials: Credentials): Signer {
  return createSigner(credentials, {
    exchange: 'newex_spot',
    digest,
    token: /^[\x21-\x7e]+$/,
    permission: 'read the spot account',
  })
}

/**
 * What a login signs, at `time`, epoch ms. Left to write: the text as Newex's documentation has it. The emulation wants the key and then the time
 * (`testing/login.ts`); until something is written here every login is refused.
 */
function signedText(_apiKey: string, _time: number): string {
  return ''
}

/** The account's connection: who we are is said once it is open. */
export class NewexSpotAccountConnection extends NewexSpotConnection {
  readonly hasCredentials = true
  readonly #signer: Signer

  constructor(url: string, signer: Signer) {
    super(url)
    this.#signer = signer
  }

  override async context(env: StrategyEnv): Promise<ConnectionContext> {
    return { ...(await super.context(env)), authRequired: true }
  }

  /** `{"op":"login","id":1,"key":"…","time":1767225600123,"signature":"…"}` */
  async authenticate(session: LoginSession, { clock }: StrategyEnv): Promise<void> {
    const { apiKey } = this.#signer
    const time = Math.floor(clock.wallTime())
    const signature = checkedSignature(await this.#sign(signedText(apiKey, time)), digest)
    await session.request(JSON.stringify({ op: 'login', id: session.nextRequestId(), key: apiKey, time, signature }))
  }

  async #sign(text: string): Promise<string> {
    try {
      return await this.#signer.sign(text)
    } catch (thrown) {
      throw signingFailed(thrown)
    }
  }
}

/** Which streams of the account a request means, and how Newex is asked for them: as for those of the markets. */
export class NewexSpotAccountSubscription implements SubscriptionStrategy {
  readonly #streams: NewexSpotStreams

  constructor(streams: NewexSpotStreams) {
    this.#streams = streams
  }

  plan(request: SubscriptionRequest): readonly Stream[] {
    assertChannel(request.channel, accountChannels)
    return this.#streams.plan(request)
  }

  createSubscriptionMessages(
    action: SubscriptionAction,
    streams: readonly Stream[],
    context: RequestContext,
  ): readonly OutboundMessage[] {
    return composeRequests(action, streams, context)
  }
}
