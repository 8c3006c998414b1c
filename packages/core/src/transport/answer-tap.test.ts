import { expect, test } from 'vitest'
import { ManualClock } from '../clock/manual-clock.js'
import { createEnv } from '../strategy/env.js'
import type { Network, NetworkRequest } from '../strategy/network.js'
import { AnswerTap, type ResponseEvent } from './answer-tap.js'

const request: NetworkRequest = {
  url: 'https://api.example.com/listen?pair=BTC_USDT&signature=0a1b2c3d4e5f',
  method: 'POST',
  headers: { 'X-KEY': 'my-own-key-1' },
  body: null,
}

function tapped() {
  const clock = new ManualClock(1_000)
  const network: Network = {
    openSocket: () => Promise.reject(new Error('no sockets here')),
    request: async () => ({ status: 201, headers: {}, text: '{"listenKey":"abcdef","of":"my-own-key-1"}' }),
  }
  const tap = new AnswerTap(network, 'acme_spot', clock)
  const shown: ResponseEvent[] = []
  const ask = () => tap.request(request, createEnv({ clock }))
  return { tap, shown, ask, watch: () => tap.add((response) => void shown.push(response)) }
}

test('an answer is shown without its secrets, and given whole to whoever asked', async () => {
  const { shown, ask, watch } = tapped()
  watch()
  expect(await ask()).toMatchObject({ status: 201, text: '{"listenKey":"abcdef","of":"my-own-key-1"}' })
  expect(shown).toEqual([
    {
      exchange: 'acme_spot',
      url: 'https://api.example.com/listen?pair=BTC_USDT&signature=REDACTED',
      status: 201,
      body: '{"listenKey":"REDACTED","of":"REDACTED"}',
      time: 1_000,
    },
  ])
})

test('nobody is shown anything before listening, or afterwards', async () => {
  const { shown, ask, watch } = tapped()
  await ask()
  const stop = watch()
  stop()
  await ask()
  expect(shown).toEqual([])
})
