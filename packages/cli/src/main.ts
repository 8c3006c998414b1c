import { isToBeWatched, newsTeller, runWatched } from './commands/conformance/watch/run-watched.js'
import { ProcessGuard } from './process-guard.js'
import { run } from './run.js'

// React's development build keeps measurements of every frame: a view that runs for days must not.
process.env.NODE_ENV ??= 'production'
// The view's colours know this variable only.
if (process.env.NO_COLOR) process.env.FORCE_COLOR = '0'

const argv = process.argv.slice(2)
const onNews = newsTeller()
if (isToBeWatched(argv, onNews !== null)) process.exit(await runWatched(argv))

const guard = new ProcessGuard({
  host: process,
  isJson: argv.includes('--json'),
  isDebug: Boolean(process.env.TAPEWIRE_DEBUG),
  isWatched: onNews !== null,
})

const code = await run(argv, {
  stdout: process.stdout,
  stderr: process.stderr,
  // Only a live view reads it, and merely looking at it opens it.
  get stdin() {
    return process.stdin
  },
  signal: guard.signal,
  onGuest: guard.onGuest,
  ...(onNews === null ? {} : { onNews }),
  environment: process.env,
})
guard.end(code)
