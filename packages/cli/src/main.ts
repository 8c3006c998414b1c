import { isToBeWatched, runWatched } from './commands/conformance/watch/run-watched.js'
import { keepNatsServer, portToKeep } from './commands/demo/nats/keep-nats-server.js'
import { ProcessGuard } from './process-guard.js'
import { run } from './run.js'
import { newsTeller } from './watched-process.js'

const argv = process.argv.slice(2)
const natsPort = portToKeep()
if (natsPort !== null) process.exit(await keepNatsServer(natsPort))
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
  onScreen: guard.onScreen,
  suspend: suspendProcess,
  environment: process.env,
})
guard.end(code)

/** The whole group, as the terminal would: who runs us waits for us otherwise. */
function suspendProcess(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGCONT', resolve)
    process.kill(0, 'SIGTSTP')
  })
}
