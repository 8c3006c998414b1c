import { exitCodes } from './exit-codes.js'
import { run } from './run.js'

// React's development build keeps measurements of every frame: a view that runs for days must not.
process.env.NODE_ENV ??= 'production'
// The view's colours know this variable only.
if (process.env.NO_COLOR) process.env.FORCE_COLOR = '0'

const interrupt = new AbortController()

/** The first Ctrl-C ends the command in good order, a second one at once. */
function onSignal(): void {
  if (interrupt.signal.aborted) process.exit(exitCodes.interrupted)
  interrupt.abort()
}

process.on('SIGINT', onSignal)
process.on('SIGTERM', onSignal)

process.exitCode = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  // Only a live view reads it, and merely looking at it opens it.
  get stdin() {
    return process.stdin
  },
  signal: interrupt.signal,
  environment: process.env,
})
