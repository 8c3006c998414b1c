import type { NatsCredentials, NatsOptions } from '@tapewire/relay-nats'
import { type Command, Option } from 'commander'
import { usageError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import { collectWords } from './list-option.js'

/** Options of every command that connects to NATS. */
export interface NatsFlags {
  readonly nats?: readonly string[]
  readonly natsCreds?: string
  readonly natsCa?: string
  readonly prefix?: string
}

const variables = {
  token: 'TAPEWIRE_NATS_TOKEN',
  user: 'TAPEWIRE_NATS_USER',
  password: 'TAPEWIRE_NATS_PASSWORD',
  nkeySeed: 'TAPEWIRE_NATS_NKEY_SEED',
} as const

/** For the notes of such a command. */
export const natsNotes: string = `Who we are at NATS is in a file of credentials (--nats-creds), or in the environment, where no list of processes shows it:
${variables.token}, ${variables.user} with ${variables.password}, or ${variables.nkeySeed}.`

export function addNatsOptions(command: Command, use: 'required' | 'optional'): Command {
  const servers = new Option(
    '--nats <urls>',
    `${use === 'optional' ? 'take it from relays over NATS, not from the exchange: ' : 'where NATS is: '}nats://127.0.0.1:4222; several of one cluster with commas between them`,
  ).argParser(collectWords)
  return command
    .addOption(use === 'required' ? servers.makeOptionMandatory() : servers)
    .option('--nats-creds <file>', 'file of credentials, as NATS makes them')
    .option('--nats-ca <file>', 'certificate of the authority that signed the server’s (PEM)')
    .option('--prefix <tokens>', 'what begins every subject: tapewire by default')
}

/** The flags as the package takes them; null where none names a server. Throws `ERR_USAGE`. */
export function natsOptionsOf(
  { io: { environment = {} } }: Pick<CommandContext, 'io'>,
  { nats, natsCreds, natsCa, prefix }: NatsFlags,
): (NatsOptions & { readonly prefix?: string }) | null {
  const others = { '--nats-creds': natsCreds, '--nats-ca': natsCa, '--prefix': prefix }
  if (nats === undefined) {
    const lonely = Object.entries(others).find(([, value]) => value !== undefined)
    if (lonely === undefined) return null
    throw usageError(`${lonely[0]} was given, and no server.`, 'Add --nats nats://127.0.0.1:4222.')
  }
  if (nats.length === 0) throw usageError('No server of NATS is named.', 'Write --nats nats://127.0.0.1:4222.')
  if (nats.some((url) => url.includes('@')))
    throw usageError(
      'An address of NATS holds what comes before an @, which is not read there.',
      `Leave it out, and set ${variables.user} and ${variables.password}, or ${variables.token}.`,
    )
  const credentials = natsCreds === undefined ? credentialsIn(environment) : { credsFile: natsCreds }
  return {
    servers: nats,
    ...(credentials === null ? {} : { credentials }),
    ...(natsCa === undefined ? {} : { tls: { caFile: natsCa } }),
    ...(prefix === undefined ? {} : { prefix }),
  }
}

/** Null where the environment has none. */
function credentialsIn(environment: Readonly<Record<string, string | undefined>>): NatsCredentials | null {
  const { token, user, password, nkeySeed } = variables
  const [tokenText, userText, passwordText, seedText] = [token, user, password, nkeySeed].map(
    (name) => environment[name] || null,
  ) as [string | null, string | null, string | null, string | null]
  if (seedText !== null) return { nkeySeed: seedText }
  if (tokenText !== null) return { token: tokenText }
  if (userText === null) return null
  if (passwordText !== null) return { user: userText, password: passwordText }
  throw usageError(`${user} is set, and ${password} is not.`, 'Set both, or neither.')
}
