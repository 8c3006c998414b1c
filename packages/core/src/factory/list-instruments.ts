import { defaultSocketSettings, type EndpointOptions, resolveSocketSettings } from '../config/endpoint-options.js'
import { chooseLogger } from '../config/logger.js'
import { checkSignal } from '../config/wait-options.js'
import { StreamError } from '../errors/stream-error.js'
import type { WebSocketManagerOptions } from '../manager/manager-options.js'
import { createEnv } from '../strategy/env.js'
import type { InstrumentListing } from '../strategy/exchange-definition.js'
import { checkExchangeOptions, type KnownOptions } from './check-exchange-options.js'
import type { ExchangeInput, StrategyOptions } from './create-exchange.js'
import { resolveExchange } from './resolve-exchange.js'

/** Whose instruments are wanted, and how they are asked for. */
export interface ListInstrumentsOptions<Exchange extends ExchangeInput = ExchangeInput>
  extends Pick<WebSocketManagerOptions, 'logger' | 'logLevel' | 'agent' | 'clock'> {
  readonly exchange: Exchange
  /** The package to find a name in, where it is not the usual one. */
  readonly packageName?: string
  /** The exchange's own options of market data; `restUrl` and `socket` are looked at. */
  readonly options?: StrategyOptions<Exchange, 'public'>
  /** Ends the wait, with its reason. */
  readonly signal?: AbortSignal
}

const knownOptions: KnownOptions<ListInstrumentsOptions> = {
  exchange: 'required',
  packageName: 'optional',
  options: 'optional',
  agent: 'optional',
  signal: 'optional',
  clock: 'optional',
  logger: 'optional',
  logLevel: 'optional',
}

/**
 * Every instrument an exchange lists, in its order: what it is called, whether it is traded, in which steps. One REST request, no feed.
 * Rejects with `ERR_EXCHANGE_NOT_INSTALLED`, `ERR_UNKNOWN_EXCHANGE`, `ERR_INVALID_CONFIG`, `ERR_UNSUPPORTED_OPTION` (an option the exchange does not know, or an exchange
 * without a list), `ERR_RATE_LIMITED`, `ERR_REST_FAILED`, what keeps a request from being answered (`ERR_CONNECTION_REFUSED`, `ERR_CONNECTION_TIMEOUT`,
 * `ERR_HOST_NOT_FOUND`, `ERR_CONNECTION_CLOSED`), and the signal's reason.
 *
 * @example
 * const listings = await listInstruments({ exchange: 'acme_spot' })
 * const symbols = listings.filter(({ instrument, status }) => instrument.quote === 'USDT' && status === 'trading').map(({ instrument }) => instrument)
 */
export async function listInstruments<const Exchange extends ExchangeInput>(
  options: ListInstrumentsOptions<Exchange>,
): Promise<readonly InstrumentListing[]> {
  const title = 'Instruments cannot be listed'
  checkExchangeOptions<ListInstrumentsOptions>(options, knownOptions, title)
  const { exchange, packageName, signal, clock, agent, logger, logLevel } = options
  checkSignal(title, signal)
  const definition = await resolveExchange(exchange, packageName)
  if (definition.listInstruments === undefined) {
    throw new StreamError('ERR_UNSUPPORTED_OPTION', `${definition.title} has no list of instruments here.`, {
      hint: 'Name the symbols yourself; the exchange’s site has them.',
    })
  }
  const own = options.options as EndpointOptions | undefined
  const env = createEnv({
    ...(signal === undefined ? {} : { signal }),
    ...(clock === undefined ? {} : { clock }),
    log: chooseLogger(logger, logLevel).child({ exchange: definition.name }),
    socket: resolveSocketSettings(own?.socket ?? null, { ...defaultSocketSettings, agent }),
  })
  return definition.listInstruments(own, env)
}
