import { afterEach, describe, expect, it } from 'vitest'
import { CollectingClient } from '../../test/collecting-client.js'
import { loadBlocks } from './load-blocks.js'
import { type LoadGenerator, startLoadGenerator } from './load-generator.js'

const acknowledgeModule = new URL('../../test/acknowledge.mjs', import.meta.url).href
const contents = ['{"channel":"trades"}', Buffer.from([1, 2, 3]), 'x'.repeat(300), Buffer.alloc(70_000, 7), '']

/** Text that tells text from bytes: comparing large buffers item by item takes seconds. */
const comparable = (content: string | Buffer | undefined): string =>
  Buffer.isBuffer(content) ? `bytes ${content.toString('latin1')}` : `text ${content}`

let generator: LoadGenerator

describe('startLoadGenerator', () => {
  afterEach(() => generator.close())

  it('sends exactly the wanted number of frames, over and over in their order', async () => {
    const total = 103
    generator = await startLoadGenerator({ contents, total, startOn: 'connection' })
    const client = new CollectingClient(generator.url)
    const expected = Array.from({ length: total }, (_, index) => contents[index % contents.length])
    expect((await client.take(total)).map(comparable)).toEqual(expected.map(comparable))
    await generator.done
    await client.roundTrip()
    expect(client.unread).toBe(0)
    client.socket.terminate()
  })

  it('answers a client in between, and begins with its first message', async () => {
    const acknowledge = { module: acknowledgeModule, name: 'acknowledge' }
    generator = await startLoadGenerator({ contents: ['data'], total: 200_000, acknowledge })
    const client = new CollectingClient(generator.url)
    await client.open()
    await client.roundTrip()
    expect(client.unread).toBe(0)
    client.socket.send('first')
    expect(await client.next()).toBe('ack of first')
    client.socket.send('second')
    const received = await client.take(200_001)
    expect(received.filter((frame) => frame !== 'data')).toEqual(['ack of second'])
    client.socket.terminate()
  })

  it('begins on command', async () => {
    generator = await startLoadGenerator({ contents: ['data'], total: 3, startOn: 'begin' })
    const client = new CollectingClient(generator.url)
    await client.open()
    client.socket.send('subscribe')
    await client.roundTrip()
    expect(client.unread).toBe(0)
    generator.begin()
    expect(await client.take(3)).toEqual(['data', 'data', 'data'])
    client.socket.terminate()
  })

  it('cuts its clients when it closes, and says that not everything was sent', async () => {
    generator = await startLoadGenerator({ contents: ['data'], total: 1, startOn: 'begin' })
    const client = new CollectingClient(generator.url)
    await client.open()
    await generator.close()
    expect(await client.closed).toBe(1006)
    await expect(generator.done).rejects.toMatchObject({ code: 'ERR_SERVER_FAILED' })
  })

  it('says which module failed it', async () => {
    generator = await startLoadGenerator({ contents: ['data'], total: 1 })
    for (const acknowledge of [
      { module: acknowledgeModule, name: 'nothing' },
      { module: new URL('none.mjs', import.meta.url).href, name: 'acknowledge' },
    ]) {
      await expect(startLoadGenerator({ contents: ['data'], total: 1, acknowledge })).rejects.toMatchObject({
        code: 'ERR_SERVER_FAILED',
        shortMessage: expect.stringMatching(/nothing is not a function|none\.mjs/),
      })
    }
  })
})

describe('loadBlocks', () => {
  it('lays out the wanted frames in large blocks and a tail', () => {
    const { block, blocks, tail, totalBytes } = loadBlocks(['abc'], 1_000_000)
    expect(block.length).toBeGreaterThanOrEqual(512 * 1024)
    expect(block.subarray(0, 10)).toEqual(Buffer.from('\x81\x03abc\x81\x03abc', 'latin1'))
    expect(blocks * block.length + tail.length).toBe(totalBytes)
    expect(totalBytes).toBe(5_000_000)
  })

  it('refuses a load of nothing', () => {
    expect(() => loadBlocks([], 1)).toThrow(RangeError)
    expect(() => loadBlocks(['a'], 0)).toThrow(RangeError)
  })
})
