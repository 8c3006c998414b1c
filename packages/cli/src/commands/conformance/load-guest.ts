import { StreamError } from '@tapewire/core'
import { abortable, systemClock, within } from '@tapewire/core/adapter'
import { CliError } from '../../cli-error.js'
import { thrownAt, thrownText } from '../../thrown-text.js'

/** How long a package may take to be loaded, ms: what waits at its top level for what never comes would hold up the command. */
const longestMs = 20_000

/** What came of the import of a package named so. Rejects with `ERR_EXCHANGE_NOT_INSTALLED`, with `ERR_PACKAGE_BROKEN` after 20 s, and as `signal` is aborted. */
export function loadGuest<Exports>(name: string, load: () => Promise<Exports>, signal: AbortSignal): Promise<Exports> {
  const timeoutError = (): Error =>
    new CliError(
      'ERR_PACKAGE_BROKEN',
      `The package ${name} is not done loading after ${longestMs / 1_000} s.`,
      'It waits at its top level for what does not come: an await there must not need a network, or a promise that nobody settles.',
    )
  const attempt = async (): Promise<Exports> => {
    try {
      return await load()
    } catch (thrown) {
      throw loadError(name, thrown)
    }
  }
  return within({ clock: systemClock, signal, timeoutMs: longestMs, timeoutError }, (over) =>
    abortable(attempt(), over),
  )
}

function loadError(name: string, thrown: unknown): StreamError {
  // Core's own words for a package that is found by its name.
  const cause = thrown instanceof StreamError && thrown.code === 'ERR_EXCHANGE_NOT_INSTALLED' ? thrown.cause : thrown
  const at = thrownAt(cause)
  return new StreamError('ERR_EXCHANGE_NOT_INSTALLED', `The package ${name} could not be loaded.`, {
    context: { Reason: thrownText(cause), ...(at === null ? {} : { At: at }) },
    hint: hintFor(cause),
    cause,
  })
}

function hintFor(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : null
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND')
    return 'Build it again, and install what it depends on.'
  if (code === 'ERR_PACKAGE_PATH_NOT_EXPORTED')
    return 'What it imports is not exported by the version that is installed.'
  if (cause instanceof SyntaxError)
    return 'Build it again; where it imports a name that is not exported, install the version that has it.'
  return 'Its own code threw while it was loaded: mend it there.'
}
