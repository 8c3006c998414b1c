import { expect, test } from 'vitest'
import { liveAddress } from './address.js'

test('the socket goes where the page came from', () => {
  expect(liveAddress({ protocol: 'http:', host: '127.0.0.1:8642', hash: '' })).toEqual({
    url: 'ws://127.0.0.1:8642/live',
    protocols: ['tapewire.dashboard.1'],
  })
})

test('the token of the address is offered as a subprotocol, and is no part of the socket’s address', () => {
  expect(liveAddress({ protocol: 'https:', host: 'desk.example', hash: '#token=abc' })).toEqual({
    url: 'wss://desk.example/live',
    protocols: ['tapewire.dashboard.1', 'token.abc'],
  })
})
