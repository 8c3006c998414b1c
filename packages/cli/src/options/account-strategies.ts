import type { AnyExchangeDefinition, Credentials, WebSocketStrategySet } from '@tapewire/core'
import { usageError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import { type EndpointFlags, endpointsOf } from './endpoint-options.js'

const keyName = 'TAPEWIRE_API_KEY'
const secretName = 'TAPEWIRE_API_SECRET'

/** The key of an account from the environment: no list of processes shows it there. `what` is what needs it, for whoever has not set it. Throws `ERR_USAGE`. */
export function accountCredentials(
  { io: { environment = {} } }: Pick<CommandContext, 'io'>,
  what: string,
): Credentials {
  const { [keyName]: apiKey, [secretName]: apiSecret } = environment
  if (apiKey && apiSecret) return { apiKey, apiSecret }
  throw usageError(
    `${what}: channels of an account need its key.`,
    `Put it into the environment variables ${keyName} and ${secretName}, where no list of processes shows it.`,
  )
}

/** What connects to an account, with the key from the environment. Throws `ERR_USAGE`, and as the definition does. */
export function accountStrategies(
  context: Pick<CommandContext, 'io'>,
  definition: AnyExchangeDefinition,
  what: string,
  flags: EndpointFlags,
): WebSocketStrategySet {
  const credentials = accountCredentials(context, what)
  if (definition.private === undefined)
    throw usageError(`${definition.title} has no account channels here.`, 'Name others.')
  return definition.private(credentials, endpointsOf(flags))
}
