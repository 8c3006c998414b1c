// A thread that runs its share of the seeds: shares come in, results go out.
import { parentPort } from 'node:worker_threads'
import { runSeeds, type Share } from './run-seeds.js'

parentPort?.on('message', (share: Share) => {
  void runSeeds(share).then((result) => parentPort?.postMessage(result))
})
