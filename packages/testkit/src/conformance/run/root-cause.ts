import { type FeedMessage, MessageType, StreamError } from '@tapewire/core'
import type { ConformanceCheck } from '../check.js'
import { CheckFailure, type FailureDetails } from '../check-failure.js'
import type { Lab } from '../lab/lab.js'
import { toldStories } from '../lab/market-story.js'
import { unreadFile } from '../lab/unread-file.js'

/** Why checks of many kinds fail at once, and where that is to be mended. */
export interface RootCause {
  /** What is said behind the check's own words. */
  readonly words: string
  readonly file: string
}

/** An UNKNOWN frame that a file of the adapter was to read. */
interface Unread {
  readonly file: string
  readonly reason: string
  readonly frame: FeedMessage['raw']
}

/**
 * What lies under a failure where that shows: a login that is refused, or frames that are UNKNOWN because a file does not read them, as the parser's own reason says. Null
 * where the words of the check are all that is known.
 */
export async function rootCause(
  check: ConformanceCheck,
  lab: Lab,
  thrown: unknown,
  words: string,
): Promise<RootCause | null> {
  const details: FailureDetails = thrown instanceof CheckFailure ? thrown.details : {}
  if (errorsIn([thrown, details.got]).some(isRefusedLogin))
    return {
      file: 'account.ts',
      words: 'the login is refused, and nothing of the account can be checked before that is mended',
    }
  // A check that knows the file of a channel, or that the emulation is wrong, has seen more.
  const named = details.file ?? check.file
  const isSure = details.file !== undefined && /^(?:testing\/|parsers\/(?!control))/.test(details.file)
  const unread = (await unknownMessages(check, lab)).flatMap(unreadOf)
  const its = unread.find(({ file }) => file === named)
  if (isSure && its === undefined) return null
  const { frame } = details
  const cause =
    frame === undefined
      ? (its ?? unread[0])
      : unread.find(
          (one) =>
            words.includes(one.reason) || (one.frame !== null && Buffer.from(frame).equals(Buffer.from(one.frame))),
        )
  if (cause === undefined) return null
  return { file: cause.file, words: `frames that ${cause.file} is to read are UNKNOWN: ${cause.reason}` }
}

/** What was thrown or told, as far as it stands in lists and plain objects. */
function errorsIn(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap(errorsIn)
  const isPlain = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  return isPlain ? Object.values(value).flatMap(errorsIn) : [value]
}

function isRefusedLogin(thrown: unknown): boolean {
  if (!(thrown instanceof StreamError)) return false
  return [...thrown.walk()].some((cause) => cause instanceof StreamError && cause.code === 'ERR_AUTHENTICATION_FAILED')
}

/** Of the check's own managers; of a check that only reads what was told before, of that. */
async function unknownMessages({ needs }: ConformanceCheck, lab: Lab): Promise<readonly FeedMessage[]> {
  if (lab.unknown !== null) return lab.unknown
  const isReader = needs.includes('venue') || needs.includes('frames')
  return isReader ? (await toldStories(lab)).flatMap(({ messages }) => messages) : []
}

function unreadOf(message: FeedMessage): readonly Unread[] {
  if (message.type !== MessageType.Unknown) return []
  const { reason } = message.data
  const file = unreadFile(reason)
  return file === null ? [] : [{ file, reason, frame: message.raw }]
}
