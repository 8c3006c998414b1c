import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CliError } from '../cli-error.js'
import { isLoopback } from './own-host.js'

/** Has a server listen, port 0 being any that is free, and resolves with its port. `what` is what it serves, as a sentence begins. Rejects with `ERR_PORT_IN_USE` and `ERR_SERVER_FAILED`. */
export async function listenOn(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
  what: string,
): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    const fail = (thrown: NodeJS.ErrnoException): void => reject(listenError(thrown, host, port, what))
    server.once('error', fail)
    server.listen(port, host, () => {
      server.off('error', fail)
      resolve()
    })
  })
  return (server.address() as AddressInfo).port
}

function listenError({ code, message }: NodeJS.ErrnoException, host: string, port: number, what: string): CliError {
  if (code === 'EADDRINUSE') {
    const hint = 'Choose another port, or 0 for any that is free.'
    return new CliError('ERR_PORT_IN_USE', `Port ${port} of ${host} is in use.`, hint)
  }
  const hint = isLoopback(host)
    ? 'Choose another port: low ones may need rights that this user does not have.'
    : 'The host is an address of this machine, or 0.0.0.0 for all of them.'
  return new CliError('ERR_SERVER_FAILED', `${what} cannot listen on ${host}, port ${port}: ${code ?? message}.`, hint)
}
