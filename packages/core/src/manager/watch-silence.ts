import type { Stream } from '../model/stream.js'
import type { StrategyEnv } from '../strategy/env.js'
import { SilenceWatch } from '../stream/silence/silence-watch.js'
import type { StreamKeepers } from './subscriptions.js'

/** The watch over the streams and connections of one manager, which tells the books and states of its streams. */
export function watchSilence(keepers: StreamKeepers, env: StrategyEnv, staleAfterMs: number): SilenceWatch {
  const { groups, states, books, gaps } = keepers
  const isBook = (stream: Stream): boolean => books?.has(stream) === true
  return new SilenceWatch({
    clock: env.clock,
    log: env.log,
    staleAfterMs,
    carriers: () => groups.all,
    isBook,
    look: async (stream) => {
      if (!isBook(stream)) return gaps.lookOver(stream)
      return (await books?.isLeftBehind(stream)) === true ? 'behind' : 'unknown'
    },
    onDoubt: (stream) => gaps.doubt(stream),
    onDoubtOver: (stream) => gaps.doubtNoMore(stream),
    onLive: (stream, reason) => states.mark([stream], 'live', reason),
    onStale: (stream, reason) => {
      if (isBook(stream)) books?.markStale(stream, reason)
      else states.mark([stream], 'stale', reason)
    },
    onMissed: (stream, reason) => {
      states.mark([stream], 'gapped', reason)
      states.mark([stream], 'live', 'delivering')
    },
    onEnded: (stream, reason) => {
      books?.interrupt([stream], reason)
      states.mark([stream], 'gapped', reason)
    },
  })
}
