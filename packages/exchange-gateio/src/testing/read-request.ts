import type { ClientRequest } from './replies.js'

/** A request with what only the server looks at. */
export interface SignedRequest extends ClientRequest {
  readonly time?: number
  readonly auth?: { readonly method?: unknown; readonly KEY?: unknown; readonly SIGN?: unknown }
}

/** Reads a client's frame; null for what is not a JSON object with a channel: the server ignores it (live probe of the US edition, 2026-09). */
export function readRequest(content: string | Uint8Array): SignedRequest | null {
  let value: unknown
  try {
    value = JSON.parse(typeof content === 'string' ? content : Buffer.from(content).toString('utf8'))
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  const { id, channel, event, payload, time, auth } = value as Record<string, unknown>
  if (typeof channel !== 'string') return null
  return {
    channel,
    ...(typeof id === 'number' ? { id } : {}),
    ...(typeof event === 'string' ? { event } : {}),
    ...(payload === undefined ? {} : { payload }),
    ...(typeof time === 'number' ? { time } : {}),
    ...(typeof auth === 'object' && auth !== null ? { auth } : {}),
  }
}
