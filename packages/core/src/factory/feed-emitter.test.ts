import { describe, expect, test } from 'vitest'
import type { FeedMessage } from '../model/message.js'
import { MessageType } from '../model/message-type.js'
import { FeedEmitter } from './feed-emitter.js'

const message = (type: number, channel: string | null): FeedMessage => ({ type, channel }) as unknown as FeedMessage
const trades = message(MessageType.Trades, 'trades')

describe('FeedEmitter', () => {
  test('tells a message to its channel’s listeners and then to those of all', () => {
    const emitter = new FeedEmitter()
    const heard: string[] = []
    emitter.on('message', ({ channel }) => void heard.push(`all ${channel}`))
    emitter.on('trades', ({ channel }) => void heard.push(channel))
    emitter.on('ticker', ({ channel }) => void heard.push(channel))
    expect(emitter.emitMessage(trades)).toBeUndefined()
    expect(heard).toEqual(['trades', 'all trades'])
  })

  test('tells an error or a notice about a channel to those of all messages only', () => {
    const emitter = new FeedEmitter()
    const heard: number[] = []
    emitter.on('trades', () => void heard.push(0))
    emitter.on('message', ({ type }) => void heard.push(type))
    void emitter.emitMessage(message(MessageType.Error, 'trades'))
    void emitter.emitMessage(message(MessageType.Other, 'trades'))
    void emitter.emitMessage(message(MessageType.Unknown, null))
    expect(heard).toEqual([MessageType.Error, MessageType.Other, MessageType.Unknown])
  })

  test('calls a listener once however often it was added, and not after it was taken off', () => {
    const emitter = new FeedEmitter()
    let calls = 0
    const listener = (): void => {
      calls += 1
    }
    emitter.on('trades', listener)
    emitter.on('trades', listener)
    void emitter.emitMessage(trades)
    emitter.off('trades', listener)
    emitter.off('ticker', listener)
    void emitter.emitMessage(trades)
    expect(calls).toBe(1)
  })

  test('takes a listener off by what adding it returned, and not one that was added anew', () => {
    const emitter = new FeedEmitter()
    const heard: string[] = []
    const listener = (): void => void heard.push('lasting')
    const stop = emitter.on('trades', () => void heard.push('other'))
    const stopOnce = emitter.once('trades', listener)
    stop()
    stop()
    emitter.off('trades', listener)
    emitter.on('trades', listener)
    stopOnce()
    void emitter.emitMessage(trades)
    expect(heard).toEqual(['lasting'])
  })

  test('calls a listener of one event once, whatever it does meanwhile, and holds back for it', async () => {
    const emitter = new FeedEmitter()
    const heard: string[] = []
    emitter.once('trades', () => {
      heard.push('once')
      void emitter.emit('trades', trades as never)
    })
    emitter.on('trades', () => void heard.push('each'))
    emitter.once('message', async () => void heard.push('waited for'))
    await emitter.emitMessage(trades)
    void emitter.emitMessage(trades)
    expect(heard).toEqual(['once', 'each', 'each', 'waited for', 'each'])
  })

  test('lets a listener of one event be taken off before it comes, by itself too', () => {
    const emitter = new FeedEmitter()
    const heard: string[] = []
    const listener = (): void => void heard.push('once')
    emitter.once('trades', listener)()
    emitter.once('trades', listener)
    emitter.off('trades', listener)
    void emitter.emitMessage(trades)
    expect(heard).toEqual([])
  })

  test('goes on calling a listener of all events that is added for one as well, and the other way round', () => {
    const emitter = new FeedEmitter()
    let calls = 0
    const listener = (): void => {
      calls += 1
    }
    emitter.on('trades', listener)
    emitter.once('trades', listener)
    emitter.once('ticker', listener)
    emitter.on('ticker', listener)
    for (const channel of ['trades', 'trades', 'ticker', 'ticker']) {
      void emitter.emitMessage(message(channel === 'trades' ? MessageType.Trades : MessageType.Ticker, channel))
    }
    expect(calls).toBe(4)
  })

  test('holds back until the slowest listener is done', async () => {
    const emitter = new FeedEmitter()
    const done: string[] = []
    const opens: (() => void)[] = []
    const wait = (name: string) => async () => {
      await new Promise<void>((resolve) => opens.push(resolve))
      done.push(name)
    }
    emitter.on('trades', wait('one'))
    emitter.on('message', wait('other'))
    const held = Promise.resolve(emitter.emitMessage(trades)).then(() => done.push('all'))
    opens[1]?.()
    opens[0]?.()
    await held
    expect([...done.slice(0, 2).sort(), done[2]]).toEqual(['one', 'other', 'all'])
  })

  test('does not wait for what is no promise', () => {
    const emitter = new FeedEmitter()
    emitter.on('trades', (() => 7) as never)
    expect(emitter.emitMessage(trades)).toBeUndefined()
  })

  test('keeps nothing from a listener because another throws or rejects, and fails with the first', async () => {
    const emitter = new FeedEmitter()
    const heard: string[] = []
    emitter.on('trades', () => Promise.reject(new Error('first')))
    emitter.on('trades', () => {
      throw new Error('second')
    })
    emitter.on('trades', () => void heard.push('third'))
    emitter.on('message', async () => {
      throw new Error('fourth')
    })
    emitter.on('message', () => void heard.push('fifth'))
    // A rejection that nobody heard would fail this test by itself.
    await expect(emitter.emitMessage(trades)).rejects.toThrow('first')
    expect(heard).toEqual(['third', 'fifth'])
  })

  test('refuses events that do not exist and listeners that are no functions, to be added or taken away', () => {
    const emitter = new FeedEmitter()
    for (const method of ['on', 'once', 'off'] as const) {
      expect(() => emitter[method]('tradez' as never, () => {})).toThrow(/Did you mean trades\?/)
      expect(() => emitter[method]('trades', 5 as never)).toThrow('The listener of trades is not a function.')
    }
  })
})
