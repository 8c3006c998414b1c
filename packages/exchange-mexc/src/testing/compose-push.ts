import { PushDataV3ApiWrapper } from '../generated/push-data.js'

/** What a push says, beside its channel; absent fields are not sent. */
export type PushContent = Partial<Omit<PushDataV3ApiWrapper, 'channel' | 'body'>> & {
  readonly body: NonNullable<PushDataV3ApiWrapper['body']>
}

/** One binary frame as MEXC sends it. */
export function composePush(channel: string, content: PushContent): Uint8Array {
  return PushDataV3ApiWrapper.encode({ channel, ...content }).finish()
}
