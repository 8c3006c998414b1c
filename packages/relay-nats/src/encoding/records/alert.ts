import { type Alert, type Channel, channels } from '@tapewire/core'
import type { ByteReader } from '../byte-reader.js'
import type { ByteWriter } from '../byte-writer.js'
import { alertKindCodes, alertSeverityCodes, alertStatusCodes } from '../words.js'

/** The stream that an alert is about, by what its subject is made of. */
export interface AlertStream {
  readonly channel: Channel
  /** An instrument's name; null for a stream of many, or of an account. */
  readonly symbol: string | null
  /** Of candles; null for all others. */
  readonly interval: string | null
}

/** An alert of a relay's feed; times by the relay's clock. */
export type RelayedAlert = Omit<Alert, 'stream'> & { readonly stream: AlertStream | null }

const hasConnection = 1
const hasStream = 2
const hasSymbol = 4
const hasInterval = 8
const hasValue = 16
const hasThreshold = 32
const hasUnit = 64
const known = 127

/** The bits, three words, two times, and four texts without a letter. */
export const leastAlertBytes = 24

export function writeAlert(writer: ByteWriter, alert: Alert): void {
  const { exchange, kind, status, severity, reason, advice, docs, since, at, connectionId, value, threshold, unit } =
    alert
  const stream = streamOf(alert)
  const symbol = stream?.symbol ?? null
  const interval = stream?.interval ?? null
  let bits = connectionId === null ? 0 : hasConnection
  if (stream !== null) bits |= hasStream
  if (symbol !== null) bits |= hasSymbol
  if (interval !== null) bits |= hasInterval
  if (value !== null) bits |= hasValue
  if (threshold !== null) bits |= hasThreshold
  if (unit !== null) bits |= hasUnit
  writer.reserve(leastAlertBytes + 16)
  writer.u8(bits)
  writer.u8(alertKindCodes.codeOf[kind])
  writer.u8(alertStatusCodes.codeOf[status])
  writer.u8(alertSeverityCodes.codeOf[severity])
  writer.f64(since)
  writer.f64(at)
  if (value !== null) writer.f64(value)
  if (threshold !== null) writer.f64(threshold)
  writer.text(exchange)
  writer.text(reason)
  writer.text(advice)
  writer.text(docs)
  if (connectionId !== null) writer.text(connectionId)
  if (stream !== null) writer.text(stream.channel)
  if (symbol !== null) writer.text(symbol)
  if (interval !== null) writer.text(interval)
  if (unit !== null) writer.text(unit)
}

function streamOf({ stream }: Alert): AlertStream | null {
  if (stream === null) return null
  const { channel, instrument, params } = stream
  return { channel, symbol: instrument?.name ?? null, interval: params.interval ?? null }
}

export function readAlertRecord(reader: ByteReader): RelayedAlert {
  const bits = reader.u8()
  if ((bits & ~known) !== 0 || ((bits & hasStream) === 0 && (bits & (hasSymbol | hasInterval)) !== 0)) reader.fail()
  const kind = reader.word(alertKindCodes)
  const status = reader.word(alertStatusCodes)
  const severity = reader.word(alertSeverityCodes)
  const since = reader.f64()
  const at = reader.f64()
  const value = (bits & hasValue) === 0 ? null : reader.f64()
  const threshold = (bits & hasThreshold) === 0 ? null : reader.f64()
  const exchange = reader.text()
  const reason = reader.text()
  const advice = reader.text()
  const docs = reader.text()
  const connectionId = (bits & hasConnection) === 0 ? null : reader.text()
  const channel = (bits & hasStream) === 0 ? null : readChannel(reader)
  const symbol = (bits & hasSymbol) === 0 ? null : reader.text()
  const interval = (bits & hasInterval) === 0 ? null : reader.text()
  const unit = (bits & hasUnit) === 0 ? null : reader.text()
  const stream = channel === null ? null : { channel, symbol, interval }
  return {
    exchange,
    kind,
    status,
    severity,
    reason,
    advice,
    docs,
    since,
    at,
    connectionId,
    stream,
    value,
    threshold,
    unit,
  }
}

function readChannel(reader: ByteReader): Channel | null {
  const name = reader.text()
  const channel = channels.find((known) => known === name)
  if (channel === undefined) reader.fail()
  return channel ?? null
}
