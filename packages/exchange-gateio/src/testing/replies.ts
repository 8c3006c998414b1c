/** A request as far as it could be read. Keys the client did not send are not echoed. */
export interface ClientRequest {
  readonly id?: number
  readonly channel: string
  readonly event?: string
  readonly payload?: unknown
}

/** An error as the server reports it. */
export interface VenueError {
  readonly code: number
  readonly message: string
}

/** What was wrong with a request: 1 for its event, 2 for an argument, 4 for who asks. Source: Gate.io spot WebSocket v4 docs. */
export function refusal(code: number, message: string): VenueError {
  return { code, message }
}

/** A refusal for who asks: what is wrong is told as JSON inside the message, under Gate.io's own label: `INVALID_KEY`. */
export function unauthorized(label: string, message: string): VenueError {
  return refusal(4, `${JSON.stringify({ label, message })}\n`)
}

/** What the server knows of the connection it answers on. */
export interface ReplyContext {
  /** Epoch ms. */
  readonly now: number
  readonly connectionId: string
  readonly traceId: string
}

/**
 * The answer to a request in the shape of 2026: `id` is there only if it was sent, `payload` is echoed, `error` only on failure.
 * Source: Gate.io spot WebSocket v4 docs; live probe of the US edition, 2026-09.
 */
export function acknowledgementText(request: ClientRequest, context: ReplyContext, error?: VenueError): string {
  const { payload } = request
  return JSON.stringify({
    ...timesOf(context.now),
    id: request.id,
    conn_id: context.connectionId,
    trace_id: context.traceId,
    channel: request.channel,
    event: request.event,
    // What is no list may hold a key and a signature.
    payload: Array.isArray(payload) ? payload : undefined,
    error,
    result: { status: error === undefined ? 'success' : 'fail' },
    requestId: context.traceId,
  })
}

/** The answer to `spot.ping`: another channel name, and an empty event. */
export function pongText(context: ReplyContext): string {
  return JSON.stringify({
    ...timesOf(context.now),
    conn_id: context.connectionId,
    channel: 'spot.pong',
    event: '',
    result: null,
    requestId: context.traceId,
  })
}

/** What an answer to a request that is no subscription says: which request, and how it went. */
export interface ApiReply {
  readonly request: { readonly id: string; readonly channel: string }
  /** HTTP status. */
  readonly status: number
  /** The first of two answers: the request has arrived. */
  readonly isReceipt?: boolean
  /** What the header says of the rate limit, where the request counts towards one. */
  readonly rateLimit?: object
  readonly data: object
}

/** The answer to such a request: its channel and event are in a header, the id it was given is `request_id`. Source: Gate.io spot WebSocket v4 docs, "Websocket API". */
export function apiReplyText(
  { request, status, isReceipt = false, rateLimit = {}, data }: ApiReply,
  context: ReplyContext,
): string {
  const now = Math.floor(context.now)
  return JSON.stringify({
    request_id: request.id,
    ...(isReceipt ? { ack: true } : {}),
    header: {
      response_time: String(now),
      status: String(status),
      channel: request.channel,
      event: 'api',
      client_id: `127.0.0.1-0x${context.connectionId}`,
      conn_id: context.connectionId,
      conn_trace_id: context.connectionId,
      trace_id: context.traceId,
      x_in_time: now * 1000,
      x_out_time: now * 1000,
      ...rateLimit,
    },
    data,
  })
}

/** A push. */
export function composePush(channel: string, result: unknown, now: number): string {
  return JSON.stringify({ ...timesOf(now), channel, event: 'update', result })
}

function timesOf(now: number): { time: number; time_ms: number } {
  return { time: Math.floor(now / 1000), time_ms: Math.floor(now) }
}
