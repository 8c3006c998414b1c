import type { AdapterMutation } from '../../adapter-mutation.js'
import { inFile } from './in-file.js'

/** Order books that are read, joined or asked for in a wrong way. */
export const bookMutations: readonly AdapterMutation[] = [
  ...inFile('spot/parsers/orderbook.ts', [
    {
      name: 'bids and asks of a change are swapped',
      check: 'payload.deltas-are-true',
      find: 'bids: aggreDepth.levels(slots.bids),\n      asks: aggreDepth.levels(slots.asks)',
      replace: 'bids: aggreDepth.levels(slots.asks),\n      asks: aggreDepth.levels(slots.bids)',
    },
    {
      name: 'levels that are gone are left out of a change',
      check: 'book.true-at-every-stop',
      find: 'bids: aggreDepth.levels(slots.bids)',
      replace: 'bids: aggreDepth.levels(slots.bids).filter((_value, place, all) => all[place - (place % 2) + 1] !== 0)',
    },
    {
      name: 'the last level of a change is dropped',
      check: 'book.true-at-every-stop',
      find: 'asks: aggreDepth.levels(slots.asks)',
      replace: 'asks: aggreDepth.levels(slots.asks).slice(0, -2)',
    },
    {
      name: 'a change of one side alone is told as malformed',
      check: 'payload.no-errors',
      find: 'const firstSequence = aggreDepth.number(slots.fromVersion)',
      replace:
        "if (aggreDepth.levels(slots.asks).length === 0) return 'asks are missing'\n    const firstSequence = aggreDepth.number(slots.fromVersion)",
    },
    {
      name: 'a change begins one id too late',
      check: 'book.true-at-every-message',
      find: 'const firstSequence = aggreDepth.number(slots.fromVersion)',
      replace: 'const firstSequence = aggreDepth.number(slots.fromVersion) + 1',
    },
    {
      name: 'a change begins one id too early',
      check: 'book.lost-frame',
      find: 'const firstSequence = aggreDepth.number(slots.fromVersion)',
      replace: 'const firstSequence = aggreDepth.number(slots.fromVersion) - 1',
    },
    {
      name: 'the ids of a change are swapped',
      check: 'payload.book-ids-as-sent',
      find: 'fromVersion: protoDigits(4),\n  toVersion: protoDigits(5)',
      replace: 'toVersion: protoDigits(4),\n  fromVersion: protoDigits(5)',
    },
    {
      name: 'a whole image is told as a change',
      check: 'book.true-at-every-stop',
      find: "kind: 'snapshot'",
      replace: "kind: 'delta'",
    },
    {
      name: 'the last level of an image is dropped',
      check: 'payload.snapshots-are-whole',
      find: 'bids: limitDepth.levels(slots.bids)',
      replace: 'bids: limitDepth.levels(slots.bids).slice(0, -2)',
    },
    {
      name: 'the levels of an image have the worst first',
      check: 'payload.values-that-can-be-together',
      find: 'bids: limitDepth.levels(slots.bids)',
      replace:
        'bids: limitDepth.levels(slots.bids).toReversed().map((_value, place, all) => all[place % 2 === 0 ? place + 1 : place - 1])',
    },
    {
      name: 'price and size of an image’s asks are swapped',
      check: 'payload.snapshots-are-true',
      find: 'asks: limitDepth.levels(slots.asks)',
      replace:
        'asks: limitDepth.levels(slots.asks).map((_value, place, all) => all[place % 2 === 0 ? place + 1 : place - 1])',
    },
  ]),
  ...inFile('spot/book-rules.ts', [
    {
      name: 'a change may begin two ids behind the book',
      check: 'book.skipped-update',
      find: 'continuity: overlappingRanges',
      replace: "continuity: (sequence, first, last) => (last <= sequence ? 'ignore' : 'apply')",
    },
    {
      name: 'a change that follows on the book is a gap',
      check: 'book.true-at-every-message',
      find: 'continuity: overlappingRanges',
      replace:
        "continuity: (sequence, first, last) => (last <= sequence ? 'ignore' : first <= sequence ? 'apply' : 'gap')",
    },
    {
      name: 'a change that begins inside the snapshot is a gap',
      check: 'book.snapshot-inside-a-change',
      find: 'continuity: overlappingRanges',
      replace:
        "continuity: (sequence, first, last) => (last <= sequence ? 'ignore' : first === sequence + 1 ? 'apply' : 'gap')",
    },
    {
      name: 'a change that is repeated is a gap',
      check: 'book.duplicated-frames',
      find: 'continuity: overlappingRanges',
      replace: "continuity: (sequence, first, last) => (first <= sequence + 1 && last > sequence ? 'apply' : 'gap')",
    },
    {
      name: 'a snapshot has an id one too high',
      check: 'book.true-at-every-stop',
      find: 'sequence: snapshotShape.number(slots.lastUpdateId)',
      replace: 'sequence: snapshotShape.number(slots.lastUpdateId) + 1',
    },
    {
      name: 'a snapshot has an id one too low',
      check: 'book.snapshot',
      find: 'sequence: snapshotShape.number(slots.lastUpdateId)',
      replace: 'sequence: snapshotShape.number(slots.lastUpdateId) - 1',
    },
    {
      name: 'bids and asks of a snapshot are swapped',
      check: 'book.snapshot',
      find: 'bids: snapshotShape.levels(slots.bids),\n    asks: snapshotShape.levels(slots.asks)',
      replace: 'bids: snapshotShape.levels(slots.asks),\n    asks: snapshotShape.levels(slots.bids)',
    },
    {
      name: 'a snapshot has five levels a side',
      check: 'book.true-at-every-stop',
      find: 'const snapshotLevels = 1_000',
      replace: 'const snapshotLevels = 5',
    },
    {
      name: 'snapshots are of one market, whichever is asked for',
      check: 'book.snapshot',
      find: 'const wireSymbol = encodeURIComponent(wireSymbolOf(symbol))',
      replace: "const wireSymbol = 'BTCUSDT'",
    },
    {
      name: 'a snapshot that is older than the stream is given up on',
      check: 'book.stale-snapshots',
      find: '{ attempts: 20, initialDelayMs: 300, maxDelayMs: 2_000, pauseMs: 30_000 }',
      replace: '{ attempts: 1, initialDelayMs: 300, maxDelayMs: 2_000, pauseMs: 3_000_000 }',
    },
    {
      name: 'a call for a snapshot goes on when it is not wanted any more',
      check: 'options.signal-ends-calls',
      find: 'mexcRest, env)\n      return readSnapshot',
      replace: 'mexcRest, { ...env, signal: new AbortController().signal })\n      return readSnapshot',
    },
    {
      name: 'snapshots are asked for at the usual address, whatever the option says',
      check: 'options.rest-url-honoured',
      find: '`${options.restUrl}/api/v3/depth',
      replace: '`https://api.mexc.com/api/v3/depth',
    },
    {
      name: 'images of five levels are kept as if they had twenty',
      check: 'book.sorted-and-trimmed',
      find: 'depth: options.depth',
      replace: 'depth: 20',
    },
  ]),
]
