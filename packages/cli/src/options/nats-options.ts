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
  if (prefix !== undefined && !/^[\w-]+(\.[\w-]+)*$/.test(prefix))
    throw usageError(
      `${JSON.stringify(prefix)} cannot begin a subject.`,
      'Write --prefix with letters, digits, - and _, and dots between words.',
    )
  const credentials = natsCreds === undefined ? credentialsIn(environment) : { credsFile: natsCreds }
  return {
    servers: nats,
    ...(credentials === null ? {} : { credentials }),
    ...(natsCa === undefined ? {} : { tls: { caFile: natsCa } }),
    ...(prefix === undefined ? {} : { prefix }),
  }
}

/** Null where the environment has none. Throws `ERR_USAGE` for half of one, and for several: which of them is meant is not ours to say. */
function credentialsIn(environment: Readonly<Record<string, string | undefined>>): NatsCredentials | null {
  const set = Object.entries(variables).flatMap(([name, variable]) => {
    const value = environment[variable]
    return value ? [[name as keyof typeof variables, value] as const] : []
  })
  if (set.length === 0) return null
  const given = Object.fromEntries(set) as Partial<Record<keyof typeof variables, string>>
  const { token, user, password, nkeySeed } = given
  const names = set.map(([name]) => variables[name]).join(' and ')
  const isPair = user !== undefined && password !== undefined
  if (set.length === 2 && isPair) return { user, password }
  if (set.length > 1) throw usageError(`${names} are set, and NATS wants one thing of us.`, 'Unset what is not meant.')
  if (token !== undefined) return { token }
  if (nkeySeed !== undefined) return { nkeySeed }
  const missing = user === undefined ? variables.user : variables.password
  throw usageError(`${names} is set, and ${missing} is not.`, 'Set both, or neither.')
}
