import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { connect as connectTcp, isIP } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { CliError } from '../../cli-error.js'
import { inTime } from '../../wait.js'
import { NotApplicable } from './check.js'

/** Longer than this, nobody answers, ms. */
const timeoutMs = 10_000

/** Where the exchange's socket is. */
export interface Target {
  /** Without the brackets of an IPv6 address. */
  readonly host: string
  readonly port: number
  readonly isEncrypted: boolean
}

/** Reads `wss://host:port/…`. */
export function targetOf(url: URL): Target {
  const isEncrypted = url.protocol === 'wss:'
  const port = url.port === '' ? (isEncrypted ? 443 : 80) : Number(url.port)
  return { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port, isEncrypted }
}

export async function checkDns({ host }: Target): Promise<string> {
  if (isIP(host) !== 0) throw new NotApplicable(`${host} is an address already`)
  try {
    const addresses = await lookup(host, { all: true })
    return `${host} is ${addresses.map(({ address }) => address).join(', ')}`
  } catch (cause) {
    throw new CliError(
      'ERR_DNS_FAILED',
      `${host} has no address (${systemCode(cause)})`,
      'Check the spelling of the host and this machine’s DNS; some networks block exchanges by name.',
    )
  }
}

export async function checkTcp({ host, port }: Target, signal: AbortSignal): Promise<string> {
  const socket = connectTcp({ host, port })
  try {
    await inTime(timeoutMs, signal, (limited) => once(socket, 'connect', { signal: limited }))
    return `${socket.remoteAddress ?? host} port ${port} accepts connections`
  } catch (cause) {
    const refused = systemCode(cause) === 'ECONNREFUSED'
    throw new CliError(
      'ERR_TCP_FAILED',
      `${host}:${port} cannot be reached (${systemCode(cause)})`,
      refused
        ? 'Nothing listens there: check the port, and that the server runs.'
        : 'A firewall may be dropping packets; some networks and countries are cut off from exchanges.',
    )
  } finally {
    socket.destroy()
  }
}

export async function checkTls({ host, port, isEncrypted }: Target, signal: AbortSignal): Promise<string> {
  if (!isEncrypted) throw new NotApplicable('the URL is ws://, without encryption')
  const socket = connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}) })
  try {
    await inTime(timeoutMs, signal, (limited) => once(socket, 'secureConnect', { signal: limited }))
    return describeTls(socket)
  } catch (cause) {
    throw new CliError(
      'ERR_TLS_FAILED',
      `No encrypted connection to ${host} (${systemCode(cause)})`,
      'A proxy or virus scanner may be reading the traffic, or this machine’s clock or root certificates may be wrong.',
    )
  } finally {
    socket.destroy()
  }
}

function describeTls(socket: TLSSocket): string {
  const { valid_to: validTo } = socket.getPeerCertificate()
  const until = new Date(validTo)
  const validity = Number.isNaN(until.getTime()) ? '' : `, certificate valid until ${until.toISOString().slice(0, 10)}`
  return `${socket.getProtocol() ?? 'TLS'}${validity}`
}

/** The system's code of an error: of a name with several addresses the first one's, of an abort by the timeout `ETIMEDOUT`. */
function systemCode(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  if (thrown.name === 'AbortError') return 'ETIMEDOUT'
  if (thrown instanceof AggregateError) return systemCode(thrown.errors[0])
  return 'code' in thrown ? String(thrown.code) : thrown.message
}
