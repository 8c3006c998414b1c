import type { AdapterMutation } from '../../adapter-mutation.js'
import { inFile } from './in-file.js'

/** Frames that are looked at, remembered or refused in a wrong way. */
export const parserMutations: readonly AdapterMutation[] = [
  ...inFile('spot/parser.ts', [
    {
      name: 'a look does not see what is control',
      check: 'parser.peek-sees-control',
      find: "frame.isBinary ? this.#streamOf(frame) : 'control'",
      replace: 'frame.isBinary ? this.#streamOf(frame) : null',
    },
    {
      name: 'a look takes a short frame for control',
      check: 'parser.peek-leaves-data-in-its-place',
      find: "frame.isBinary ? this.#streamOf(frame) : 'control'",
      replace: "frame.isBinary && frame.end - frame.start > 120 ? this.#streamOf(frame) : 'control'",
    },
    {
      name: 'a look never names a stream',
      check: 'parser.peek-tells-market-data',
      find: "frame.isBinary ? this.#streamOf(frame) : 'control'",
      replace: "frame.isBinary ? null : 'control'",
    },
    {
      name: 'a look names the stream that it named before',
      check: 'parser.peek-names-the-stream',
      find: 'return this.#streams.byId.get(bytes, name, nameEnd) ?? null',
      replace:
        'this.seen ??= new Map()\n    const known = this.seen.get(nameEnd - name)\n    if (known !== undefined) return known\n    const stream = this.#streams.byId.get(bytes, name, nameEnd) ?? null\n    if (stream !== null) this.seen.set(nameEnd - name, stream)\n    return stream',
    },
    {
      name: 'the last frame is kept, to be known again by its memory',
      check: 'parser.remembers-nothing-of-a-frame',
      find: 'if (!frame.isBinary) return this.#readControl(frame)',
      replace:
        'if (!frame.isBinary) return this.#readControl(frame)\n    const { bytes, start, end, receivedAt } = frame\n    const previous = this.previous\n    const kind = bytes.subarray(start, start + 20)\n    this.previous = { kind }\n    if (previous !== undefined && !previous.kind.equals(kind) && previous.kind[0] !== 0x0a) return otherMessage(receivedAt, null, `${end}`)',
    },
    {
      name: 'every frame is kept, and looked through',
      check: 'cost.reading-does-not-slow-down',
      find: 'return this.readFast(frame) ?? this.readReference(frame)',
      replace:
        'const read = this.readFast(frame) ?? this.readReference(frame)\n    this.all ??= []\n    const text = frame.bytes.toString("latin1", frame.start, frame.end)\n    if (!this.all.some((one) => one === text + "x")) this.all.push(text)\n    return read',
    },
    {
      name: 'nothing comes of a push that cannot be read',
      check: 'parser.garbage-is-told',
      find: "if (typeof push === 'string') return malformedFrame(receivedAt, push, this.#ownerOf(outline))",
      replace: "if (typeof push === 'string') return []",
    },
    {
      name: 'a push that was cut off is one that nobody knows',
      check: 'parser.truncated-data-is-an-error',
      find: "if (typeof push === 'string') return malformedFrame(receivedAt, push, this.#ownerOf(outline))",
      replace: "if (typeof push === 'string') return otherMessage(receivedAt, 'cut off', push)",
    },
    {
      name: 'candles are declared, and nobody reads them',
      check: 'parser.reads-every-channel',
      find: '  candlesPush,\n  limitDepthPush',
      replace: '  limitDepthPush',
    },
  ]),
  ...inFile('spot/unchanged-quotes.ts', [
    {
      name: 'a quote of which a size alone is another repeats the one before',
      check: 'payload.quotes-move',
      find: '    one.bidPrice === other.bidPrice &&\n    one.bidSize === other.bidSize &&\n    one.askPrice === other.askPrice &&\n    one.askSize === other.askSize',
      replace: '    one.bidPrice === other.bidPrice &&\n    one.askPrice === other.askPrice',
    },
  ]),
  ...inFile('shared/push.ts', [
    {
      name: 'pushes whose beginning is known are left to the reference',
      check: 'cost.fast-reader',
      find: 'if (!pushShape.scan(bytes, start + head.length, end)) return false',
      replace: 'return false',
    },
    {
      name: 'a push that cannot be decoded is thrown out of the parser',
      check: 'parser.garbage-is-told',
      find: 'return `not a protobuf push: ${thrown instanceof Error ? thrown.message : String(thrown)}`',
      replace: 'throw thrown',
    },
    {
      name: 'the time of receipt is that of reading',
      check: 'parser.received-at-is-of-the-frame',
      find: 'this.receivedAt = receivedAt',
      replace: 'this.receivedAt = performance.now()',
    },
    {
      name: 'how pushes begin is remembered for all sets together',
      check: 'payload.streams-that-were-asked-for',
      find: 'readonly #heads = new PushHeads()',
      replace: 'readonly #heads = (globalThis.sharedHeads ??= new PushHeads())',
    },
  ]),
  ...inFile('spot/parsers/control.ts', [
    {
      name: 'a text is read from all of the memory it lies in',
      check: 'parser.reads-its-window-alone',
      find: 'const text = frameText(frame)',
      replace: 'const text = frame.bytes.toString()',
    },
    {
      name: 'a text that is not JSON is thrown out of the parser',
      check: 'parser.garbage-is-told',
      find: '} catch {\n    return malformedFrame(receivedAt, `a text frame that is not JSON: ${quoted(text)}`)',
      replace: '} catch (thrown) {\n    throw thrown',
    },
    {
      name: 'JSON that is null is read like an object',
      check: 'parser.garbage-is-told',
      find: "return typeof value === 'object' && value !== null\n",
      replace: "return typeof value === 'object'\n",
    },
    {
      name: 'a pong is not known',
      check: 'heartbeat.not-told',
      find: "if (msg === 'PONG') return pong(receivedAt, requestId, reply)",
      replace: '',
    },
    {
      name: 'an answer that accepts all is not known',
      check: 'subscription.all-accepted',
      find: "accepted.length > 0 && accepted.every((streamId) => streamId.startsWith('spot@'))",
      replace: 'acceptance !== -1',
    },
  ]),
  ...inFile('spot/parsers/trades.ts', [
    {
      name: 'a trade without a price is told, with NaN',
      check: 'parser.protobuf-missing-fields',
      find: 'if (Number.isNaN(price + size)) return missingFault({ price, quantity: size })',
      replace: '',
    },
    {
      name: 'each message has a stream of its own',
      check: 'parser.one-object-a-stream',
      find: "dataMessage<'trades'>(stream,",
      replace: "dataMessage<'trades'>({ ...stream },",
    },
  ]),
]
