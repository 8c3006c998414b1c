import type { AnyExchangeDefinition, EndpointOptions } from '@tapewire/core'

/** The exchange's own paths on a server of this machine. */
export function emulatedEndpoints(
  { endpoints }: Pick<AnyExchangeDefinition, 'endpoints'>,
  server: { readonly url: string; readonly restUrl: string },
): Required<Pick<EndpointOptions, 'url' | 'restUrl'>> {
  const restPath = new URL(endpoints.restUrl).pathname.replace(/\/$/, '')
  return { url: new URL(new URL(endpoints.url).pathname, server.url).href, restUrl: `${server.restUrl}${restPath}` }
}
