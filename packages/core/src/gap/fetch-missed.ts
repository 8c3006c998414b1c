import { abortable } from '../clock/abortable.js'
import { growingDelayMs } from '../clock/growing-delay.js'
import { sleep } from '../clock/sleep.js'
import { within } from '../clock/within.js'
import { askStrategy, invalidStrategy } from '../connection/strategy-fault.js'
import { StreamError, toStreamError } from '../errors/stream-error.js'
import type { DataMessage } from '../model/message.js'
import type { BackfillPage, BackfillRequest, BackfillRules } from '../strategy/backfill.js'
import type { StrategyEnv } from '../strategy/env.js'
import type { RestLimiter } from '../transport/rest/rest-limiter.js'

/** How long one page may take, ms. */
const pageMs = 30_000
/** Tries of one page, and the delays between them. */
const tries = 4
const delays = { firstMs: 1_000, longestMs: 4_000 } as const
/** After this long, ms, what is not there yet counts as lost: it is told while it still matters. */
const giveUpMs = 120_000
/** Pages of one request, and messages of one gap: more is not a gap but a history. */
const mostPages = 100
const mostMessages = 20_000

/** What fetching is done with. */
export interface FetchParts {
  readonly rules: BackfillRules
  readonly env: StrategyEnv
  readonly limiter: RestLimiter
}

/** What was fetched, in no order. */
export interface Fetched {
  readonly messages: readonly DataMessage[]
  /** Whether the exchange gave a page at all. */
  readonly isAnswered: boolean
  /** Why it may not be all, for people; null where it is. */
  readonly fault: string | null
}

/** Fetches all pages of these requests, each in its turn and more than once where that may help. Never rejects. */
export async function fetchMissed(
  requests: readonly BackfillRequest[],
  parts: FetchParts,
  signal: AbortSignal,
): Promise<Fetched> {
  const pages: BackfillPage[] = []
  const fetched = (fault: string | null): Fetched => {
    return { messages: pages.flatMap(({ messages }) => messages), isAnswered: pages.length > 0, fault }
  }
  const limits = { clock: parts.env.clock, signal, timeoutMs: giveUpMs, timeoutError: tookTooLong }
  try {
    return fetched(await within(limits, (attempt) => fetchAll(requests, parts, attempt, pages)))
  } catch (thrown) {
    return fetched(faultOf(thrown))
  }
}

/** Adds page by page to `pages`; resolves with why they may not be all. */
async function fetchAll(
  requests: readonly BackfillRequest[],
  parts: FetchParts,
  signal: AbortSignal,
  pages: BackfillPage[],
): Promise<string | null> {
  let isWhole = true
  let left = mostMessages
  for (const request of requests) {
    let cursor: string | null = null
    for (let count = 1; ; count += 1) {
      const page: BackfillPage = await fetchPage(request, cursor, parts, signal)
      pages.push(page)
      left -= page.messages.length
      isWhole &&= page.reachesBack
      cursor = page.next
      if (cursor === null) break
      if (count === mostPages || left <= 0) return 'more was missed than is fetched'
    }
  }
  return isWhole ? null : 'the exchange does not give all of it: it is too long ago, or too much'
}

async function fetchPage(
  request: BackfillRequest,
  cursor: string | null,
  parts: FetchParts,
  signal: AbortSignal,
): Promise<BackfillPage> {
  const { clock, random, log } = parts.env
  for (let failures = 1; ; failures += 1) {
    try {
      return await askOnce(request, cursor, parts, signal)
    } catch (thrown) {
      if (signal.aborted || failures === tries || !(thrown instanceof StreamError) || !isPassing(thrown)) throw thrown
      log.debug({ event: 'backfill-failed', stream: request.stream.id, code: thrown.code, failures, err: thrown })
      const delayMs = growingDelayMs(delays, failures, random)
      await sleep(clock, Math.max(delayMs, thrown.retryAfterMs ?? 0), signal)
    }
  }
}

/** Asks for one page in its turn, which comes again where the exchange refuses for the number of requests. */
export function askOnce(
  request: BackfillRequest,
  cursor: string | null,
  { rules, env, limiter }: FetchParts,
  signal: AbortSignal,
): Promise<BackfillPage> {
  const limits = { clock: env.clock, timeoutMs: pageMs, timeoutError: tookTooLong }
  // One that ends neither with its signal nor ever must not keep the turn of another.
  const ask = (own: AbortSignal): Promise<BackfillPage> =>
    within({ ...limits, signal: own }, (attempt) =>
      abortable(askPage(rules, request, cursor, { ...env, signal: attempt }), attempt),
    )
  return limiter.run(ask, { signal, priority: () => 0 })
}

/** Whether it may be over another time. A signing function that failed is not the exchange refusing who we are. */
function isPassing({ retryable, code, cause }: StreamError): boolean {
  return retryable || (code === 'ERR_AUTHENTICATION_FAILED' && cause !== undefined)
}

async function askPage(
  rules: BackfillRules,
  request: BackfillRequest,
  cursor: string | null,
  env: StrategyEnv,
): Promise<BackfillPage> {
  const page = await askStrategy('fetchPage', async () => rules.fetchPage(request, cursor, env))
  const { messages, next } = (page ?? {}) as Partial<BackfillPage>
  if (Array.isArray(messages) && (next === null || typeof next === 'string')) return page
  throw invalidStrategy('fetchPage() returned no page.')
}

function faultOf(thrown: unknown): string {
  const { code, shortMessage } = toStreamError(thrown, 'ERR_REST_FAILED', 'What was missed could not be fetched.')
  return `${shortMessage} (${code})`
}

function tookTooLong(): StreamError {
  return new StreamError('ERR_CONNECTION_TIMEOUT', 'What was missed could not be fetched in time.')
}
