import type { Clock } from '@tapewire/core'
import type { OrderEvent } from '@tapewire/testkit'
import { orderBody } from './account/account-bodies.js'
import { isRefused, type OrderDesk, type OrderRefusal } from './account/order-desk.js'
import { type Distrust, demoUserId, distrust, loginDistrustOf } from './authorize.js'
import type { VenueFaults } from './control.js'
import { rawMember } from './raw-member.js'
import type { SignedRequest } from './requests.js'
import { type TextFields, textFields } from './text-fields.js'

/** What an order is named by that the client did not name. Source: Gate.io spot WebSocket v4 docs, "Order Place". */
const unnamedOrder = 'apiv4-ws'

/** Orders placed or amended in a window. Source: Gate.io spot WebSocket v4 docs, "Rate Limits". */
const maxOrders = 10
const windowMs = 1_000

/** A request with `event: "api"`, as far as the server looks into it. */
export interface ApiRequest {
  readonly channel: string
  readonly payload: Readonly<Record<string, unknown>>
  /** The JSON text of `payload.req_param` as it was sent. */
  readonly parameters: string
}

/** The request with `event: "api"` in a frame that was read; null where it is another. */
export function readApiRequest({ channel, event, payload }: SignedRequest, content: Uint8Array): ApiRequest | null {
  if (event !== 'api') return null
  const fields = typeof payload === 'object' && payload !== null ? payload : {}
  return { channel, payload: { ...fields }, parameters: rawMember(Buffer.from(content).toString('utf8'), 'req_param') }
}

/** One answer before it has its header: what was done, or why it was not. */
export interface ApiAnswer {
  readonly status: number
  readonly isReceipt?: boolean
  /** Members of the header. */
  readonly rateLimit?: object
  readonly data: { readonly result: unknown } | { readonly errs: { readonly label: string; readonly message: string } }
}

interface ApiContext {
  readonly clock: Clock
  readonly faults: VenueFaults
  readonly desk: OrderDesk
}

/** The requests of one connection that are no subscriptions: `spot.login`, and orders. Source: Gate.io spot WebSocket v4 docs, "Websocket API". */
export class ApiRequests {
  readonly #context: ApiContext
  #isLoggedIn = false
  #window = { startedAt: Number.NEGATIVE_INFINITY, orders: 0 }

  constructor(context: ApiContext) {
    this.#context = context
  }

  /** What is answered, in order: an order that is placed is answered twice, first that it arrived. */
  answer(request: ApiRequest): readonly ApiAnswer[] {
    const { channel, payload } = request
    if (channel === 'spot.login') return [this.#login(request)]
    const perform = this.#performers[channel]
    if (perform === undefined)
      return [refused({ status: 400, label: 'INVALID_ARGUMENT', message: `Unknown channel ${channel}` })]
    if (!this.#isLoggedIn) return [refused({ status: 400, label: 'AUTHENTICATION_FAILED', message: 'Not login' })]
    return perform(payload.req_param, payload)
  }

  readonly #performers: Readonly<
    Record<string, (parameters: unknown, payload: ApiRequest['payload']) => readonly ApiAnswer[]>
  > = {
    'spot.order_place': (parameters, payload) => this.#place(parameters, payload),
    'spot.order_cancel': (parameters) => [orderAnswer(this.#context.desk.cancel(textFields(parameters).order_id))],
    'spot.order_cancel_ids': (parameters) => [
      done(listOf(parameters).map((item) => this.#cancelOne(textFields(item)))),
    ],
    'spot.order_cancel_cp': (parameters) => [listAnswer(this.#context.desk.cancelAll(textFields(parameters)))],
    'spot.order_status': (parameters) => [orderAnswer(this.#context.desk.find(textFields(parameters).order_id))],
    'spot.order_list': (parameters) => [listAnswer(this.#context.desk.list(textFields(parameters)))],
    // The simulated account changes no order; a client that asks for it learns that nothing was changed.
    'spot.order_amend': () => [
      refused({ status: 400, label: 'INVALID_REQUEST', message: 'The order cannot be amended' }),
    ],
  }

  /** The exchange's answer has the key in `api_key`; this one does not, so that no recording of it holds one. */
  #login({ payload, parameters }: ApiRequest): ApiAnswer {
    const { clock, faults } = this.#context
    const { api_key: key, signature, timestamp } = textFields(payload)
    const wrong: Distrust | null =
      faults.signedRefusal === null
        ? loginDistrustOf({ key, signature, timestamp, parameters }, clock.now())
        : distrust(faults.signedRefusal, 'refused on purpose')
    this.#isLoggedIn = wrong === null
    return wrong === null ? done({ api_key: '***', uid: String(demoUserId) }) : refused(wrong)
  }

  #place(parameters: unknown, { req_id, req_header = null }: ApiRequest['payload']): readonly ApiAnswer[] {
    const orders = listOf(parameters).map(textFields)
    const { left, rateLimit } = this.#count(orders.length)
    if (left < 0) {
      const tooMany = { status: 429, label: 'TOO_MANY_REQUESTS', message: 'Request Rate limit Exceeded (211)' }
      return [{ ...refused(tooMany), rateLimit }]
    }
    const receipt: ApiAnswer = {
      status: 200,
      isReceipt: true,
      rateLimit,
      data: { result: { req_id, req_header, req_param: parameters } },
    }
    const placed = orders.map((order) => this.#context.desk.place(order, unnamedOrder))
    if (!Array.isArray(parameters)) return [receipt, orderAnswer(placed[0] as OrderEvent | OrderRefusal)]
    const bodies = placed.map((order) =>
      isRefused(order)
        ? { succeeded: false, label: order.label, message: order.message }
        : { succeeded: true, ...orderBody(order) },
    )
    return [receipt, done(bodies)]
  }

  #cancelOne({ currency_pair, id }: TextFields): object {
    const cancelled = this.#context.desk.cancel(id)
    return isRefused(cancelled)
      ? { currency_pair, id, succeeded: false, label: cancelled.label, message: cancelled.message }
      : { currency_pair, id, succeeded: true }
  }

  /** Both spellings of the last member are Gate.io's. */
  #count(orders: number): { readonly left: number; readonly rateLimit: object } {
    const now = Math.floor(this.#context.clock.now())
    if (now - this.#window.startedAt >= windowMs) this.#window = { startedAt: now, orders: 0 }
    this.#window.orders += orders
    const left = maxOrders - this.#window.orders
    const limit = { x_gate_ratelimit_limit: maxOrders }
    const rateLimit =
      left < 0
        ? { ...limit, x_gate_ratelimit_reset_timestamp: this.#window.startedAt + windowMs }
        : { x_gate_ratelimit_requests_remain: left, ...limit, x_gat_ratelimit_reset_timestamp: now }
    return { left, rateLimit }
  }
}

function done(result: unknown): ApiAnswer {
  return { status: 200, data: { result } }
}

function refused({ status, label, message }: OrderRefusal): ApiAnswer {
  return { status, data: { errs: { label, message } } }
}

function orderAnswer(answer: OrderEvent | OrderRefusal): ApiAnswer {
  return isRefused(answer) ? refused(answer) : done(orderBody(answer))
}

function listAnswer(answer: readonly OrderEvent[] | OrderRefusal): ApiAnswer {
  return isRefused(answer) ? refused(answer) : done(answer.map(orderBody))
}

function listOf(parameters: unknown): readonly unknown[] {
  return Array.isArray(parameters) ? parameters : [parameters]
}
