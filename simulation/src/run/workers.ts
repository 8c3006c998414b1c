import { Worker } from 'node:worker_threads'
import type { Share, ShareResult } from './run-seeds.js'

/** Seeds that a worker is given at a time. */
const seedsAtATime = 20

/** Runs seeds on several threads, a few at a time on each; after the first that fails no more are begun. Rejects where a worker dies. */
export async function runOnWorkers(
  all: Share,
  workers: number,
  onResult: (result: ShareResult) => void,
): Promise<void> {
  let next = all.from
  const end = all.from + all.seeds
  let isFailed = false
  const share = (): Share | null => {
    if (isFailed || next >= end) return null
    const from = next
    next = Math.min(end, next + seedsAtATime)
    return { ...all, from, seeds: next - from }
  }
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL('./worker.js', import.meta.url))
    try {
      for (let own = share(); own !== null; own = share()) {
        const result = await answerOf(worker, own)
        isFailed ||= result.failed.length > 0
        onResult(result)
      }
    } finally {
      await worker.terminate()
    }
  }
  await Promise.all(Array.from({ length: Math.min(workers, Math.ceil(all.seeds / seedsAtATime)) }, work))
}

function answerOf(worker: Worker, share: Share): Promise<ShareResult> {
  return new Promise((resolve, reject) => {
    worker.removeAllListeners()
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', (code) =>
      reject(new Error(`A worker ended with code ${code} in seeds ${share.from} and following.`)),
    )
    worker.postMessage(share)
  })
}
