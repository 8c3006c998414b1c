import { basename } from 'node:path'
import type { Draft } from '@tapewire/testkit'
import type { CommandContext } from '../../command-context.js'
import { draftCapture } from './drafts/draft-capture.js'
import { draftFiles } from './drafts/draft-files.js'
import { exchangeName } from './exchange-name.js'
import { renderTemplate } from './template.js'
import { writePackage } from './write-package.js'

export interface NewExchangeFlags {
  readonly dir?: string
  readonly protobuf?: boolean
  readonly private?: boolean
  readonly from?: string
  readonly json?: boolean
}

/** Writes the package of a new adapter, and says what is to be done next. */
export async function newExchange(context: CommandContext, given: string, flags: NewExchangeFlags): Promise<void> {
  const name = exchangeName(given)
  const exchange = `${name.lower}_spot`
  const folder = flags.dir ?? `tapewire-exchange-${name.lower}`
  const draft = flags.from === undefined ? null : await draftCapture(flags.from)
  const template = await renderTemplate(name, {
    isProtobuf: flags.protobuf === true,
    isPrivate: flags.private === true,
  })
  const files = [...template, ...(draft === null ? [] : draftFiles(draft, exchange, basename(flags.from as string)))]
  await writePackage(folder, files)
  if (context.isJson) {
    const drafts = draft?.kinds.map(({ name: kind, role, frames }) => ({ kind, role, frames }))
    await context.out.line(JSON.stringify({ exchange, folder, files: files.map(({ path }) => path), drafts }))
    return
  }
  await context.out.line(`${exchange}: ${files.length} files in ${folder}`)
  if (draft !== null) await context.out.line(draftLine(draft))
  await context.out.line(`Next: cd ${folder} && npm install && npm test, which says what is left to write, and where.`)
}

function draftLine({ kinds, unread }: Draft): string {
  const data = kinds.filter(({ role }) => role === 'data').length
  const skipped = unread.reduce((sum, { frames }) => sum + frames, 0)
  const rest = skipped === 0 ? '' : `, ${skipped} frames not read`
  return `drafted: ${data} kinds of data, ${kinds.length - data} of control${rest}; DRAFT.md says how sure it is`
}
