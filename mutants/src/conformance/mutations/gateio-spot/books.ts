import type { GateioMutation } from './gateio-mutation.js'

const parser = 'spot/parsers/orderbook.ts'
const rules = 'spot/book-rules.ts'

/** Wrong readings of books, and rules by which they are not kept true. */
export const bookMutations: readonly GateioMutation[] = [
  {
    name: 'bids and asks of a change change places',
    check: 'payload.deltas-are-true',
    file: parser,
    find: 'bids: shape.levels(slots.b),\n    asks: shape.levels(slots.a),',
    replace: 'bids: shape.levels(slots.a),\n    asks: shape.levels(slots.b),',
  },
  {
    name: 'levels of size 0 are left out',
    check: 'book.true-at-every-stop',
    file: parser,
    find: 'bids: shape.levels(slots.b),',
    replace: 'bids: shape.levels(slots.b).filter((_, at, all) => all[at - (at % 2) + 1] !== 0),',
  },
  {
    name: 'price and size of an ask change places',
    check: 'payload.deltas-are-true',
    file: parser,
    find: 'asks: shape.levels(slots.a),',
    replace: 'asks: shape.levels(slots.a).map((_, at, all) => all[at ^ 1] as number),',
  },
  {
    name: 'only the first level of a side is read',
    check: 'book.true-at-every-stop',
    file: parser,
    find: 'asks: shape.levels(slots.a),',
    replace: 'asks: shape.levels(slots.a).slice(0, 2),',
  },
  {
    name: 'a change begins one id later than it says',
    check: 'book.true-at-every-stop',
    file: parser,
    find: 'const firstSequence = isFull ? null : shape.numberOrNull(slots.U)',
    replace:
      'const first = shape.numberOrNull(slots.U)\n  const firstSequence = isFull || first === null ? null : first + 1',
  },
  {
    name: 'a change begins one id earlier than it says',
    check: 'book.true-at-every-stop',
    file: parser,
    find: 'const firstSequence = isFull ? null : shape.numberOrNull(slots.U)',
    replace:
      'const first = shape.numberOrNull(slots.U)\n  const firstSequence = isFull || first === null ? null : first - 1',
  },
  {
    name: 'a change ends one id later than it says',
    check: 'payload.book-ids-as-sent',
    file: parser,
    find: 'const lastSequence = shape.number(slots.u)',
    replace: 'const lastSequence = shape.number(slots.u) + 1',
  },
  {
    name: 'a whole book is merged into the one that is there',
    check: 'book.true-at-every-stop',
    file: parser,
    find: "kind: isFull ? 'snapshot' : 'delta',",
    replace: "kind: isFull ? 'delta' : 'delta',",
  },
  {
    name: 'a side that is left out is an error',
    check: 'payload.no-errors',
    file: parser,
    find: 'b: optional(priceLevels),\n  a: optional(priceLevels),\n})\nconst { result: obuSlots }',
    replace: 'b: priceLevels,\n  a: priceLevels,\n})\nconst { result: obuSlots }',
  },
  {
    name: 'the book is not cut to the levels that are kept up to date',
    check: 'book.sorted-and-trimmed',
    file: rules,
    find: "return { source: 'rest', depth, ",
    replace: "return { source: 'rest', depth: null, ",
  },
  {
    name: 'a change that is missing is not noticed',
    check: 'book.skipped-update',
    file: rules,
    find: 'continuity: overlappingRanges,',
    replace: "continuity: (sequence, _first, last) => (last <= sequence ? 'ignore' : 'apply'),",
  },
  {
    name: 'a change that the book has is applied once more',
    check: 'book.repeated-later',
    file: rules,
    find: 'continuity: overlappingRanges,',
    replace: "continuity: (sequence, first) => (first <= sequence + 1 ? 'apply' : 'gap'),",
  },
  {
    name: 'a change has to begin right behind a snapshot',
    check: 'book.snapshot-inside-a-change',
    file: rules,
    find: 'continuity: overlappingRanges,',
    replace: 'continuity: adjacentRanges,',
  },
  {
    name: 'one id may be missing between two changes',
    check: 'book.skipped-update',
    file: rules,
    find: 'continuity: adjacentRanges,',
    replace:
      "continuity: (sequence, first, last) => (last <= sequence ? 'ignore' : first <= sequence + 1_000 ? 'apply' : 'gap'),",
  },
  {
    name: 'a snapshot is asked for with the usual ten levels',
    check: 'book.snapshot',
    file: rules,
    find: '&limit=${limit}&with_id=true',
    replace: '&with_id=true',
  },
  {
    name: 'a snapshot is asked for without its id',
    check: 'book.snapshot',
    file: rules,
    find: '&limit=${limit}&with_id=true',
    replace: '&limit=${limit}',
  },
  {
    name: 'the id of a snapshot is one too high',
    check: 'book.snapshot',
    file: rules,
    find: 'sequence: snapshotShape.number(slots.id),',
    replace: 'sequence: snapshotShape.number(slots.id) + 1,',
  },
  {
    name: 'the id of a snapshot is its time',
    check: 'book.snapshot',
    file: rules,
    find: 'sequence: snapshotShape.number(slots.id),',
    replace: 'sequence: snapshotShape.number(slots.update),',
  },
  {
    name: 'bids and asks of a snapshot change places',
    check: 'book.snapshot',
    file: rules,
    find: 'bids: snapshotShape.levels(slots.bids),\n    asks: snapshotShape.levels(slots.asks),',
    replace: 'bids: snapshotShape.levels(slots.asks),\n    asks: snapshotShape.levels(slots.bids),',
  },
  {
    name: 'the last level of a snapshot is dropped',
    check: 'book.snapshot',
    file: rules,
    find: 'asks: snapshotShape.levels(slots.asks),',
    replace: 'asks: snapshotShape.levels(slots.asks).slice(0, -2),',
  },
  {
    name: 'a snapshot without its id is taken for the latest there can be',
    check: 'book.snapshot-without-id',
    file: rules,
    find: 'const fault = snapshotShape.load(body)',
    replace: 'const fault = snapshotShape.load({ id: Number.MAX_SAFE_INTEGER, ...(body as object) })',
  },
]
