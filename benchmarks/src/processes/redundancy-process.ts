// A client with each stream on two connections, in a process of its own; it says for how long nothing came, and what it was told.
import { setTimeout as sleep } from 'node:timers/promises'
import { createPublicExchange, type ExchangeFeed } from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { mexcSpot } from '@tapewire/exchange-mexc'
import type { Venue } from '../workloads/workload.js'
import { commands, report } from './child-side.js'
import { SkippingClock } from './skipping-clock.js'

export type RedundancyCommand =
  | {
      readonly kind: 'start'
      readonly venue: Venue
      readonly url: string
      readonly restUrl: string
      readonly symbols: readonly string[]
    }
  | { readonly kind: 'watch'; readonly skipMs: number }
  | { readonly kind: 'pause' }
  | { readonly kind: 'count'; readonly fromMs: number; readonly untilMs: number }

export type RedundancyReport =
  | { readonly kind: 'ready' }
  | { readonly kind: 'watching' }
  /** The longest time in which nothing was delivered since `watch`, ms; both connections are up again. */
  | { readonly kind: 'paused'; readonly longestMs: number }
  /** Trades of that time, by the exchange's clock, and how often a stream was said to be gapped. */
  | { readonly kind: 'counted'; readonly trades: number; readonly gaps: number }

const definitions = { gateio: gateioSpot, mexc: mexcSpot } as const

const clock = new SkippingClock()
const tradeTimes: number[] = []
let feed: ExchangeFeed | null = null
let lastAt = 0
let longestMs = 0
let gaps = 0

function onMessage(): void {
  const now = performance.now()
  longestMs = Math.max(longestMs, now - lastAt)
  lastAt = now
}

async function start({ venue, url, restUrl, symbols }: Extract<RedundancyCommand, { kind: 'start' }>): Promise<void> {
  feed = await createPublicExchange({
    exchange: definitions[venue],
    symbols,
    channels: ['orderbook', 'trades', 'book_ticker'],
    options: { url, restUrl },
    config: { redundancy: 2 },
    clock,
  })
  const { awaitBook } = feed
  await Promise.all(symbols.map((symbol) => awaitBook.call(feed, symbol)))
  feed.on('message', onMessage)
  feed.on('trades', ({ data }) => {
    for (const { time } of data) tradeTimes.push(Math.floor(time ?? 0))
  })
  feed.on('stream', ({ status }) => {
    if (status === 'gapped') gaps += 1
  })
  report<RedundancyReport>({ kind: 'ready' })
}

function isWhole({ manager }: ExchangeFeed): boolean {
  const { connections } = manager.getPerformanceMetrics()
  return connections.every(({ state, streams, activeStreams }) => state === 'connected' && activeStreams === streams)
}

commands<RedundancyCommand>(async (command) => {
  switch (command.kind) {
    case 'start':
      return start(command)
    case 'watch':
      clock.skip(command.skipMs)
      lastAt = performance.now()
      longestMs = 0
      return report<RedundancyReport>({ kind: 'watching' })
    case 'pause': {
      const paused = longestMs
      while (feed !== null && !isWhole(feed)) await sleep(2)
      return report<RedundancyReport>({ kind: 'paused', longestMs: paused })
    }
    case 'count': {
      const { fromMs, untilMs } = command
      const trades = tradeTimes.filter((time) => time >= fromMs && time < untilMs).length
      return report<RedundancyReport>({ kind: 'counted', trades, gaps })
    }
  }
})
