import { basename } from 'node:path'
import { type Draft, draftFromCapture, readCapture } from '@tapewire/testkit'
import { CliError } from '../../../cli-error.js'

/** What a capture tells. Rejects as `readCapture`, and with `ERR_NOTHING_TO_DRAFT` where no frame of it can be read. */
export async function draftCapture(file: string): Promise<Draft> {
  const { frames } = await readCapture(file)
  const draft = draftFromCapture(frames)
  if (draft.kinds.length + draft.messages.length > 0) return draft
  const [why] = draft.unread
  throw new CliError(
    'ERR_NOTHING_TO_DRAFT',
    `No frame of ${basename(file)} can be drafted from${why === undefined ? '' : `: ${why.reason}`}.`,
    'Drafts are made of JSON objects and protobuf messages. Without --from, the package is written all the same.',
  )
}
