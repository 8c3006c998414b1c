import type { PushDataV3ApiWrapper } from '../../src/shared/generated/push-data.js'
import { decodePush } from '../../src/shared/push.js'

/** A push that is expected to be one. */
export function wholePush(bytes: Uint8Array): PushDataV3ApiWrapper {
  const push = decodePush(bytes)
  if (typeof push === 'string') throw new Error(push)
  return push
}
