import type { CommandContext } from '../../command-context.js'
import { exchangeName } from './exchange-name.js'
import { renderTemplate } from './template.js'
import { writePackage } from './write-package.js'

export interface NewExchangeFlags {
  readonly dir?: string
  readonly protobuf?: boolean
  readonly private?: boolean
  readonly json?: boolean
}

/** Writes the package of a new adapter, and says what is to be done next. */
export async function newExchange(context: CommandContext, given: string, flags: NewExchangeFlags): Promise<void> {
  const name = exchangeName(given)
  const folder = flags.dir ?? `tapewire-exchange-${name.lower}`
  const files = await renderTemplate(name, {
    isProtobuf: flags.protobuf === true,
    isPrivate: flags.private === true,
  })
  await writePackage(folder, files)
  const exchange = `${name.lower}_spot`
  if (context.isJson) {
    await context.out.line(JSON.stringify({ exchange, folder, files: files.map(({ path }) => path) }))
    return
  }
  await context.out.line(`${exchange}: ${files.length} files in ${folder}`)
  await context.out.line(`Next: cd ${folder} && npm install && npm test, which says what is left to write, and where.`)
}
