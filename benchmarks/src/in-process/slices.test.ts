import { describe, expect, it } from 'vitest'
import { thisBuild } from '../processes/build.js'
import { mexcTrades } from '../workloads/mexc-workloads.js'
import type { Workload } from '../workloads/workload.js'
import { Feed } from './feed.js'
import { loadPackages } from './packages.js'
import { Slices } from './slices.js'
import { type InProcessWorkload, inProcessWorkloads } from './workloads.js'

async function openFeed(workload: Workload): Promise<Feed> {
  return Feed.open(await loadPackages(thisBuild, workload.venue), workload)
}

describe('slices', () => {
  it.each(Object.keys(inProcessWorkloads) as InProcessWorkload[])(
    'of %s are delivered whole to each feed, and read right, also the second time',
    async (name) => {
      const workload = await inProcessWorkloads[name]()
      const feeds = [await openFeed(workload), await openFeed(workload)]
      const slices = new Slices(feeds, workload)
      for (let time = 1; time <= 2; time += 1) {
        expect(await slices.measure(0)).toHaveLength(2)
        expect(feeds[0]?.messages).toBeGreaterThanOrEqual(time * 1_000)
        expect(feeds[1]?.messages).toBe(feeds[0]?.messages)
      }
    },
  )

  it('are none where what was read is not what was sent', async () => {
    const workload = mexcTrades()
    const [stream] = workload.streams
    const wrong = { ...workload, streams: [{ ...stream, values: stream?.values.map((value) => value + 0.01) }] }
    const slices = new Slices([await openFeed(workload)], wrong as Workload)
    await expect(slices.measure(0)).rejects.toThrow(/messages add up to/)
  })

  it('are none where a message does not arrive', async () => {
    const workload = mexcTrades()
    const feed = await openFeed(workload)
    feed.take = () => {}
    await expect(new Slices([feed], workload).measure(0)).rejects.toThrow(/Of \d+ messages 0 were delivered/)
  })
})
