import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exitCodes } from '../../../exit-codes.js'

/** Set for the process that keeps a server: the port. */
const mark = 'TAPEWIRE_NATS_PORT'
/** What a shell says of a command that there is none of. */
export const notFoundCode = 127

/** For the process that is to keep a nats-server at the port. */
export function keeperEnvironment(port: number): NodeJS.ProcessEnv {
  return { ...process.env, [mark]: String(port) }
}

/** The port at which this process is to keep a nats-server; null where it is any other. Ends the process where whoever started it is gone already. */
export function portToKeep(): number | null {
  const port = process.env[mark]
  delete process.env[mark]
  // Of a process that nobody talks to, somebody's own variable.
  return port === undefined || process.send === undefined ? null : Number(port)
}

/**
 * Runs a nats-server on loopback, with JetStream, for as long as whoever started this process is there and wants it: a server itself would not notice that, and would stay for good where
 * that one is killed. What it stored goes with it. Resolves with the exit code of the server, or `notFoundCode`.
 */
export async function keepNatsServer(port: number): Promise<number> {
  const gone = new AbortController()
  for (const event of ['disconnect', 'SIGINT', 'SIGTERM', 'SIGHUP']) process.on(event, () => gone.abort())
  if (process.connected !== true) return exitCodes.interrupted
  const folder = await mkdtemp(join(tmpdir(), 'tapewire-nats-'))
  try {
    const args = ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', folder]
    return gone.signal.aborted ? exitCodes.interrupted : await runServer(args, gone.signal)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function runServer(args: readonly string[], gone: AbortSignal): Promise<number> {
  return new Promise((resolve) => {
    const server = spawn('nats-server', args, { stdio: 'ignore' })
    server.once('error', () => resolve(notFoundCode))
    server.once('exit', (code) => resolve(code ?? exitCodes.failed))
    gone.addEventListener('abort', () => server.kill())
  })
}
