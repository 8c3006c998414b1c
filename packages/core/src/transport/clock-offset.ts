import type { CallEnv } from '../strategy/env.js'
import { callRest, type RestDialect, type RestRequest, unusableAnswer } from './call-rest.js'

/**
 * How far an exchange's clock is ahead of this machine's, ms, whole. `timeIn` finds the time, epoch ms, in the body of the answer.
 * Rejects as `callRest`, and with `ERR_REST_FAILED` where the answer has no such time.
 */
export async function clockOffset(
  request: RestRequest,
  timeIn: (body: unknown) => unknown,
  dialect: RestDialect,
  env: CallEnv,
): Promise<number> {
  const sentAt = env.clock.wallTime()
  const { body, receivedAt } = await callRest(request, dialect, env)
  const time = timeIn(body)
  if (!Number.isSafeInteger(time)) {
    throw unusableAnswer(dialect, `GET ${new URL(request.url).pathname}`, 'it has no time')
  }
  // The server read its clock somewhere on the way: half of the round trip is the best guess.
  const offsetMs = Math.round(Number(time) - (sentAt + receivedAt) / 2)
  env.onClockOffset?.(offsetMs, Math.ceil((receivedAt - sentAt) / 2))
  return offsetMs
}
