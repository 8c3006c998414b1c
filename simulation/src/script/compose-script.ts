import type { Channel, WebSocketManagerConfig } from '@tapewire/core'
import { createRandom, randomInteger, randomItem } from '@tapewire/testkit'
import type { Asked, ExchangeName, Happening, Script, Step } from './script.js'

type Random = () => number

const publicChannels: readonly Channel[] = ['orderbook', 'trades', 'book_ticker', 'ticker']
const privateChannels: readonly Channel[] = ['orders', 'executions', 'balances']

/** What of a script is told, and not left to the seed. */
export interface Told {
  readonly exchange?: ExchangeName
  readonly side?: 'public' | 'private'
}

/** What a seed means. */
export function composeScript(seed: number, { exchange, side }: Told = {}): Script {
  // A stream of chance of its own: what is decided here must not hang on what a run needs.
  const random = createRandom(Math.imul(seed, 0x9e37_79b1) ^ 0x5eed)
  const isGateio = random() < 0.5
  const name = exchange ?? (isGateio ? 'gateio_spot' : 'mexc_spot')
  const isChosenPrivate = random() < 0.25
  const isPrivate = side === undefined ? isChosenPrivate : side === 'private'
  // More streams than one connection of MEXC carries, now and then.
  const isWide = !isPrivate && random() < 0.04
  const pairs = isWide ? randomInteger(random, 8, 12) : randomInteger(random, 1, 3)
  // So many streams cost as much in seconds as a few do in a minute.
  const longestMs = isWide ? 6_000 : random() < 0.08 ? 90_000 : 18_000
  const durationMs = randomInteger(random, 2_000, longestMs)
  const first: Asked = isPrivate
    ? { pairs: [], channels: some(random, privateChannels) }
    : { pairs: range(isWide ? pairs : randomInteger(random, 1, pairs)), channels: some(random, publicChannels) }
  const shape = { random, name, isPrivate, pairs, durationMs }
  return {
    seed,
    exchange: name,
    isPrivate,
    pairs,
    options: isPrivate ? {} : optionsOf(name, random),
    config: configOf(random),
    lifetimeMs: random() < 0.15 ? randomInteger(random, 10_000, 40_000) : null,
    start: { retry: random() < 0.6, onRefused: random() < 0.5 ? 'continue' : 'reject' },
    latencyMs: randomInteger(random, 1, random() < 0.7 ? 40 : 150),
    jitterMs: random() < 0.5 ? 0 : randomInteger(random, 1, 150),
    marketIntervalMs: isWide ? 80 : randomItem(random, [80, 150, 300, 600]),
    first: isWide ? { ...first, channels: ['orderbook', 'trades', 'ticker', 'book_ticker'] } : first,
    steps: stepsOf(shape),
  }
}

interface Shape {
  readonly random: Random
  readonly name: ExchangeName
  readonly isPrivate: boolean
  readonly pairs: number
  readonly durationMs: number
}

function stepsOf(shape: Shape): readonly Step[] {
  const { random, durationMs } = shape
  const steps: Step[] = []
  const count = randomInteger(random, 1, 12)
  for (let index = 0; index < count; index++) {
    // Faults like company: a third of them come close behind the one before.
    const before = steps.at(-1)?.at ?? 0
    const at = random() < 0.35 ? before + randomInteger(random, 0, 600) : randomInteger(random, 0, durationMs)
    steps.push({ at, ...happening(shape) })
  }
  if (random() < 0.2) steps.push({ at: randomInteger(random, 0, durationMs), kind: 'close' })
  return steps.sort((left, right) => left.at - right.at)
}

function happening(shape: Shape): Happening {
  const { random, isPrivate } = shape
  const choice = random()
  if (!isPrivate && choice < 0.3) return userHappening(shape)
  if (choice < 0.55) return connectionHappening(random)
  return choice < 0.78 ? networkHappening(random) : exchangeHappening(shape)
}

function userHappening({ random, pairs }: Shape): Happening {
  const pair = randomInteger(random, 0, pairs - 1)
  const asked: Asked = {
    pairs: range(pairs).filter((one) => one === pair || random() < 0.3),
    channels: some(random, publicChannels),
  }
  return randomItem<() => Happening>(random, [
    () => ({ kind: 'subscribe', ...asked }),
    () => ({ kind: 'subscribe', ...asked }),
    () => ({ kind: 'unsubscribe', ...asked }),
    () => ({ kind: 'unsubscribe', ...asked }),
    () => ({ kind: 'await-book', pair, patienceMs: randomInteger(random, 100, 20_000) }),
    () => ({ kind: 'slow-handler', eachMs: randomInteger(random, 1, 400), forMs: shortly(random) }),
    () => ({ kind: 'slow-handler', eachMs: randomInteger(random, 200, 1_500), forMs: shortly(random) }),
    () => ({ kind: 'market-burst', steps: randomInteger(random, 5, 40) }),
  ])()
}

function connectionHappening(random: Random): Happening {
  const which = random() < 0.4 ? null : random()
  const codes = [null, 1000, 1001, 1011, 1012, 4000]
  return randomItem<() => Happening>(random, [
    () => ({ kind: 'cut', which }),
    () => ({ kind: 'cut', which }),
    () => ({ kind: 'close-frame', which, code: randomItem(random, codes) }),
    () => ({ kind: 'half-open', which }),
  ])()
}

function networkHappening(random: Random): Happening {
  const forMs = shortly(random)
  const statuses = [
    { status: 503, body: '', retryAfterS: null },
    { status: 429, body: '', retryAfterS: randomInteger(random, 1, 10) },
    { status: 403, body: '<html>Access Denied</html>', retryAfterS: null },
    { status: 502, body: '<html>Bad Gateway</html>', retryAfterS: null },
  ]
  return randomItem<() => Happening>(random, [
    () => ({ kind: 'stall', forMs }),
    () => ({ kind: 'freeze', forMs }),
    () => ({ kind: 'unreachable', how: randomItem(random, ['refused', 'no-answer', 'unknown-host'] as const), forMs }),
    () => ({ kind: 'refuse-handshakes', ...randomItem(random, statuses), forMs }),
    () => ({ kind: 'refuse-requests', status: randomItem(random, [500, 503, 429]), forMs }),
    () => ({ kind: 'ignore-requests', forMs }),
    () => ({ kind: 'slow-network', extraMs: randomInteger(random, 50, 1_500), forMs }),
    () => ({ kind: 'repeat-book-frames', forMs }),
  ])()
}

function exchangeHappening({ random, name, isPrivate, pairs }: Shape): Happening {
  const pair = randomInteger(random, 0, pairs - 1)
  const forMs = shortly(random)
  const common: readonly (() => Happening)[] = [
    () => ({ kind: 'lose-subscriptions', forMs }),
    () => ({ kind: 'lose-subscriptions', forMs }),
    () => ({ kind: 'silence-acks', forMs }),
    () => ({ kind: 'delay-acks', byMs: randomInteger(random, 50, 4_000), forMs }),
    () => ({ kind: 'silence-pongs', forMs }),
    () => ({ kind: 'block-rest', how: randomItem(random, ['firewall', 'rate-limit'] as const), forMs }),
  ]
  const ofMarket: readonly (() => Happening)[] = [
    () => ({ kind: 'refuse-pair', pair, forMs }),
    () => ({ kind: 'skip-updates', pair, pushes: randomInteger(random, 1, 3) }),
    () => ({ kind: 'skip-updates', pair, pushes: 1 }),
    () => ({ kind: 'stale-snapshots', requests: randomInteger(random, 1, 3) }),
    () => ({
      kind: 'spoil-snapshots',
      how: randomItem(random, ['empty', 'without-id', 'not-a-number', 'endless'] as const),
      forMs,
    }),
  ]
  const upgrade = (): Happening => ({
    kind: 'announce-upgrade',
    closeAfterMs: random() < 0.3 ? null : randomInteger(random, 0, 8_000),
  })
  const own: readonly (() => Happening)[] =
    name === 'gateio_spot'
      ? [upgrade, upgrade, ...(isPrivate ? [] : [(): Happening => ({ kind: 'full-book', pair })])]
      : isPrivate
        ? [() => ({ kind: 'expire-listen-keys' }), () => ({ kind: 'reuse-listen-keys', forMs })]
        : []
  return randomItem(random, [...common, ...(isPrivate ? [] : ofMarket), ...own])()
}

/** Mostly seconds, now and then longer than every timeout. */
function shortly(random: Random): number {
  return random() < 0.08 ? randomInteger(random, 12_000, 45_000) : randomInteger(random, 50, 7_000)
}

function optionsOf(name: ExchangeName, random: Random): Script['options'] {
  if (name === 'mexc_spot')
    return random() < 0.75 ? {} : { orderbookChannel: 'limit.depth', depth: randomItem(random, [5, 10, 20]) }
  return random() < 0.6 ? {} : { orderbookChannel: 'obu', orderbookDepth: 400 }
}

function configOf(random: Random): Partial<WebSocketManagerConfig> {
  const often = <Value>(value: Value, usual: Value): Value => (random() < 0.5 ? value : usual)
  return {
    enablePerformanceTracking: false,
    redundancy: random() < 0.25 ? 2 : 1,
    backfillGaps: random() < 0.85,
    maxReconnectAttempts: often(randomInteger(random, 1, 4), 10),
    breakerIntervalMs: often(randomInteger(random, 500, 5_000), 30_000),
    reconnectDelayMs: randomInteger(random, 50, 1_000),
    acknowledgementTimeoutMs: often(randomInteger(random, 300, 5_000), 10_000),
    connectTimeoutMs: often(randomInteger(random, 1_000, 6_000), 15_000),
    closeTimeoutMs: often(randomInteger(random, 0, 300), 1_000),
    maxPendingMessages: often(randomInteger(random, 1, 6), 1_000),
    maxPendingBytes: often(randomInteger(random, 20_000, 60_000), 1_000_000),
    overflowPolicy: often(randomItem(random, ['drop-oldest', 'drop-newest', 'latest-by-stream'] as const), 'pause'),
    batchSize: often(randomInteger(random, 1, 4), 100),
    staleAfterMs: often(randomInteger(random, 8_000, 30_000), 60_000),
  }
}

function range(length: number): readonly number[] {
  return Array.from({ length }, (_, index) => index)
}

/** At least one of these, in their order. */
function some<Item>(random: Random, items: readonly Item[]): readonly Item[] {
  const kept = randomItem(random, items)
  return items.filter((item) => item === kept || random() < 0.5)
}
