import { beforeEach, describe, expect, it } from 'vitest'
import { BookScene, snapshot } from './test-scene.js'

let scene: BookScene

beforeEach(() => {
  scene = new BookScene()
})

describe('a crossed or locked book', () => {
  it('is reported, not live, and fetched anew', async () => {
    const subject = await scene.liveBook()
    subject.apply(scene.make.change(101, 101, [101, 1]))
    expect(subject.book.status).toBe('gapped')
    expect(scene.events).toEqual([
      'live -> gapped: the best bid 101 is not below the best ask 101',
      'gap: the best bid 101 is not below the best ask 101, expected null, got null',
      'locked: 101 101',
    ])
    await scene.snapshots.answer({ ...snapshot, sequence: 101 })
    expect(subject.book.isLive).toBe(true)
  })

  it('is live again by the updates that follow, on top of a snapshot that is older', async () => {
    const subject = await scene.liveBook()
    subject.apply(scene.make.change(101, 101, [101, 1]))
    subject.apply(scene.make.change(102, 102, [101, 0]))
    await scene.snapshots.answer(snapshot)
    expect([subject.book.isLive, subject.book.sequence]).toEqual([true, 102])
  })

  it('may be so within one message', async () => {
    const subject = await scene.liveBook()
    subject.apply(scene.make.change(101, 103, [105, 1], [101, 0, 102, 0, 106, 1]))
    expect([subject.book.isLive, scene.events]).toEqual([true, []])
  })

  it('is no snapshot to begin with', async () => {
    const subject = scene.synchronizer(scene.restRules())
    subject.confirm()
    await scene.snapshots.answer({ ...snapshot, bids: [103, 1] })
    expect(scene.events).toEqual(['crossed: 103 101', 'failure 1: the best bid 103 is not below the best ask 101'])
    scene.clock.advance(300)
    await scene.snapshots.answer(snapshot)
    expect(subject.book.isLive).toBe(true)
  })

  it('is only reported, or left alone, where so configured', async () => {
    const reporting = await scene.liveBook({ crossed: 'report' })
    reporting.apply(scene.make.change(101, 101, [103, 1]))
    reporting.apply(scene.make.whole(102, [103, 1], [102, 1]))
    expect([reporting.book.isLive, scene.events]).toEqual([true, ['crossed: 103 101', 'crossed: 103 102']])
    const ignoring = await scene.liveBook({ crossed: 'ignore' })
    ignoring.apply(scene.make.change(101, 101, [103, 1]))
    expect([ignoring.book.isLive, scene.events]).toEqual([true, []])
  })
})
