import { type Channel, channels, MessageType, type OrderbookData } from '@tapewire/core'
import { type ParsedMessage, traitsOf } from '@tapewire/core/adapter'
import { controlFields, digitsFields, type Fields, payloadFields } from './payload-fields.js'
import { channelName, finiteNumber, instrument, nothing, orNull } from './value-kinds.js'

/** What is not as the contract has it. */
export interface Fault {
  /** Where: `trades.price`, `type`. */
  readonly place: string
  /** In words. */
  readonly expected: string
  readonly got: unknown
}

const envelope = ['type', 'stream', 'symbol', 'channel', 'data', 'exchangeTime', 'receivedAt', 'sequence', 'raw']
const channelByType: ReadonlyMap<number, Channel> = new Map(
  channels.map((channel) => [traitsOf(channel).type, channel]),
)
const typeNames: ReadonlyMap<number, string> = new Map(Object.entries(MessageType).map(([name, type]) => [type, name]))

/** `Trades`, `Unknown`; the number itself for a type that there is not. */
export function typeNameOf({ type }: Pick<ParsedMessage, 'type'>): string {
  return typeNames.get(type) ?? String(type)
}

/** The channel whose data a message holds; null for every other message. */
export function dataChannelOf({ type }: Pick<ParsedMessage, 'type'>): Channel | null {
  return channelByType.get(type) ?? null
}

/** Whether a message overtakes data: an answer, a pong, a notice. */
export function isControl(message: ParsedMessage): boolean {
  const { type } = message
  return (
    type === MessageType.SubscriptionConfirm ||
    type === MessageType.Reply ||
    type === MessageType.Heartbeat ||
    (type === MessageType.Other && message.data.notice !== null)
  )
}

/** The rows of a message of data: trades and balances are lists. */
export function rowsOf({ data }: Pick<ParsedMessage, 'data'>): readonly Readonly<Record<string, unknown>>[] {
  return [data].flat() as unknown as readonly Readonly<Record<string, unknown>>[]
}

/** The first thing about a message that is not of the kind the contract says, whatever it means; null where everything is. */
export function kindFault(message: ParsedMessage): Fault | null {
  if (typeof message !== 'object' || message === null) return { place: 'message', expected: 'a message', got: message }
  const names = Object.keys(message).filter((name) => name !== 'backfilled')
  if (names.join() !== envelope.join()) {
    return { place: 'message', expected: `the fields ${envelope.join(', ')}, in this order`, got: names.join(', ') }
  }
  const channel = dataChannelOf(message)
  const fields = channel === null ? controlFields.get(message.type) : payloadFields[channel]
  if (fields === undefined) return { place: 'type', expected: 'one of MessageType', got: message.type }
  return headFault(message, channel) ?? dataFault(message, channel, fields)
}

function headFault(message: ParsedMessage, channel: Channel | null): Fault | null {
  const perInstrument = channel !== null && traitsOf(channel).perInstrument
  const symbol = channel === null ? orNull(instrument) : perInstrument ? instrument : nothing
  const heads: Fields = {
    symbol,
    channel: orNull(channelName),
    exchangeTime: orNull(finiteNumber),
    receivedAt: finiteNumber,
    sequence: orNull(finiteNumber),
  }
  return (
    fieldFault('', message as unknown as Record<string, unknown>, heads) ??
    (channel !== null && message.channel !== channel
      ? { place: 'channel', expected: channel, got: message.channel }
      : null) ??
    (channel !== null && message.stream === null ? { place: 'stream', expected: 'its stream', got: null } : null)
  )
}

function dataFault(message: ParsedMessage, channel: Channel | null, fields: Fields): Fault | null {
  const isList = channel === 'trades' || channel === 'balances'
  const place = channel ?? typeNameOf(message)
  if (Array.isArray(message.data) !== isList) {
    return { place, expected: isList ? 'a list' : 'an object', got: message.data }
  }
  for (const row of rowsOf(message)) {
    if (typeof row !== 'object' || row === null) return { place, expected: 'an object', got: row }
    const fault = namesFault(place, row, fields) ?? fieldFault(`${place}.`, row, fields)
    if (fault !== null) return fault
  }
  return channel === 'orderbook' ? digitsFault(message.data as OrderbookData) : null
}

function namesFault(place: string, row: object, fields: Fields): Fault | null {
  const [names, wanted] = [Object.keys(row).sort().join(', '), Object.keys(fields).sort().join(', ')]
  return names === wanted ? null : { place, expected: `the fields ${wanted}`, got: names }
}

function fieldFault(before: string, row: Readonly<Record<string, unknown>>, fields: Fields): Fault | null {
  for (const [name, kind] of Object.entries(fields)) {
    if (!kind.has(row[name])) return { place: `${before}${name}`, expected: kind.name, got: row[name] }
  }
  return null
}

function digitsFault({ digits, bids, asks }: OrderbookData): Fault | null {
  if (digits === null) return null
  if (typeof digits !== 'object') return { place: 'orderbook.digits', expected: 'an object, or null', got: digits }
  const fault = fieldFault('orderbook.digits.', digits as unknown as Record<string, unknown>, digitsFields)
  if (fault !== null) return fault
  for (const [name, levels, texts] of [
    ['bids', bids, digits.bids],
    ['asks', asks, digits.asks],
  ] as const) {
    if (levels.join() !== texts.map(Number).join()) {
      return { place: `orderbook.digits.${name}`, expected: `the texts of ${levels.join(', ')}`, got: texts }
    }
  }
  return null
}
