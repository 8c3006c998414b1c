import type { EndpointOptions } from '@tapewire/core'
import type { Command } from 'commander'

/** Options of every command that can be pointed elsewhere. */
export interface EndpointFlags {
  readonly url?: string
  readonly restUrl?: string
}

export function addEndpointOptions(command: Command): Command {
  return command
    .option('--url <url>', 'connect here instead: wss://…, or ws:// on loopback')
    .option('--rest-url <url>', 'where its REST API is instead')
}

/** The flags as a definition takes them. What the flags do not name is left to the definition. */
export function endpointsOf({ url, restUrl }: EndpointFlags): Pick<EndpointOptions, 'url' | 'restUrl'> {
  return { ...(url === undefined ? {} : { url }), ...(restUrl === undefined ? {} : { restUrl }) }
}
