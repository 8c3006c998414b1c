import { StreamError } from '@tapewire/core'
import type { ConnectionContext } from '@tapewire/core/adapter'

/** What an attempt is refused with. */
export async function refusal(attempt: Promise<unknown> | undefined): Promise<StreamError> {
  const error = await Promise.resolve(attempt).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof StreamError)) throw new Error('It was not refused.')
  return error
}

export function listenKeyOf(context: ConnectionContext): string {
  return new URL(context.url).searchParams.get('listenKey') ?? ''
}
