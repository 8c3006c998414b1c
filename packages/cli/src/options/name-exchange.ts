import { type AnyExchangeDefinition, StreamError } from '@tapewire/core'
import { usageError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import { resolveGuest } from '../exchanges/resolve-guest.js'
import type { EndpointFlags } from './endpoint-options.js'
import type { ExchangeFlags } from './exchange-options.js'
import { type NatsFlags, natsOptionsOf } from './nats-options.js'
import { checkRange, type RangeFlags } from './stored-range.js'

/** The exchange that a command names: itself, or with `--nats` what relays publish of it, whose package is not needed here. `onEnd` is called behind the last message, where `--to` names an end. Rejects with `ERR_USAGE`, and as `resolveGuest` and `natsExchange` do. */
export async function nameExchange(
  context: CommandContext,
  exchange: string,
  flags: EndpointFlags & ExchangeFlags & NatsFlags & RangeFlags,
  onEnd: () => void = () => {},
): Promise<AnyExchangeDefinition> {
  const nats = natsOptionsOf(context, flags)
  const ofKept = Object.entries({ '--from': flags.from, '--to': flags.to }).find(([, value]) => value !== undefined)
  if (nats === null && ofKept !== undefined)
    throw usageError(`${ofKept[0]} is of what NATS keeps, and no server is named.`, 'Add --nats nats://127.0.0.1:4222.')
  checkRange(flags)
  if (nats === null) return resolveGuest(context, exchange, flags.package)
  const ofExchange = Object.entries({ '--url': flags.url, '--rest-url': flags.restUrl, '--package': flags.package })
  const misplaced = ofExchange.find(([, value]) => value !== undefined)
  if (misplaced !== undefined)
    throw usageError(`${misplaced[0]} is of the exchange itself, and it is taken from NATS.`, 'Leave out one of them.')
  const { natsExchange } = await import('@tapewire/relay-nats')
  const { from, to } = flags
  const range = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
  try {
    return await natsExchange({ ...nats, exchange, signal: context.signal, ...range, onEnd })
  } catch (thrown) {
    if (!(thrown instanceof StreamError) || thrown.code !== 'ERR_NO_RELAY') throw thrown
    // The library's hint is for those who write a program.
    const hint = `Start one, with the same --nats and --prefix: tapewire relay ${exchange} BTC/USDT --nats ${nats.servers}`
    throw new StreamError('ERR_NO_RELAY', thrown.shortMessage, { hint, cause: thrown })
  }
}
