import type { GateioMutation } from './gateio-mutation.js'

const parser = 'spot/parser.ts'

/** A parser that throws, keeps what is not its own, or takes one kind of frame for another. */
export const frameMutations: readonly GateioMutation[] = [
  {
    name: 'JSON that is no object is read as one',
    check: 'parser.garbage-is-no-data',
    file: parser,
    find: 'if (!isFields(json.value)) {',
    replace: 'if (json.value === undefined) {',
  },
  {
    name: 'what is no JSON throws',
    check: 'parser.truncated-frames',
    file: parser,
    find: "if ('fault' in json)\n",
    replace: "if ('fault' in json) JSON.parse(frameText(frame) ?? '')\n    if ('fault' in json)\n",
  },
  {
    name: 'data that was cut off is unknown',
    check: 'parser.truncated-data-is-an-error',
    file: parser,
    find: 'return malformedFrame(receivedAt, `The frame is ${json.fault}.`, this.#ownerOf(frameText(frame)))',
    replace: 'return unknownMessage(receivedAt, `The frame is ${json.fault}.`)',
  },
  {
    name: 'a frame that is not of the fast form is not read',
    check: 'parser.fields-in-any-order',
    file: parser,
    find: 'return this.readFast(frame) ?? this.readReference(frame)',
    replace:
      "return this.readFast(frame) ?? (frame.end - frame.start > 0 && isControlFrame(frame.bytes, frame.start, frame.end) ? this.readReference(frame) : unknownMessage(frame.receivedAt, 'of another form'))",
  },
  {
    name: 'the frame before is looked at again',
    check: 'parser.remembers-nothing-of-a-frame',
    file: parser,
    find: 'return this.readFast(frame) ?? this.readReference(frame)',
    replace:
      "const memory = this.#routes as { latest?: InboundFrame }; const { latest = frame } = memory; memory.latest = frame; return latest.bytes[latest.start] === 123 ? (this.readFast(frame) ?? this.readReference(frame)) : unknownMessage(frame.receivedAt, 'a frame behind one that is no JSON')",
  },
  {
    name: 'a frame is read to the end of its memory',
    check: 'parser.reads-its-window-alone',
    file: parser,
    find: 'const json = frameJson(frame)',
    replace: 'const json = frameJson({ ...frame, end: frame.bytes.length })',
  },
  {
    name: 'what is looked at is not where the frame begins',
    check: 'parser.reads-its-window-alone',
    file: parser,
    find: 'const name = channelPlace(bytes, start)',
    replace: 'const name = channelPlace(bytes, 0)',
  },
  {
    name: 'every message was received when it is read',
    check: 'parser.received-at-is-of-the-frame',
    file: parser,
    find: 'const message = route.reader.compose(route.streams, receivedAt)\n    // What',
    replace: 'const message = route.reader.compose(route.streams, receivedAt + performance.now())\n    // What',
  },
  {
    name: 'data that is not of the fast form is seen as control',
    check: 'parser.peek-leaves-data-in-its-place',
    file: parser,
    find: "return isControlFrame(bytes, start, end) ? 'control' : null",
    replace: "return 'control'",
  },
  {
    name: 'control is never seen',
    check: 'parser.peek-sees-control',
    file: parser,
    find: "return isControlFrame(bytes, start, end) ? 'control' : null",
    replace: 'return null',
  },
  {
    name: 'a look sees the stream without its last letter',
    check: 'parser.peek-names-the-stream',
    file: parser,
    find: 'return behind === -1 ? null : streams.at(window, name, behind)',
    replace: 'return behind === -1 ? null : streams.at(window, name, behind - 1)',
  },
  {
    name: 'a look takes what is written otherwise for control',
    check: 'parser.peek-in-any-notation',
    file: 'spot/control-frame.ts',
    find: "return !says(window, '\"event\"', '\"update\"') && !says(window, '\"s\"', '\"ob.')",
    replace: 'return true',
  },
  {
    name: 'a trade that came over another connection is left out',
    check: 'parser.connections-are-apart',
    file: 'spot/parsers/trades.ts',
    find: 'const sequence = shape.numberOrNull(slots.id)\n',
    replace:
      "const sequence = shape.numberOrNull(slots.id)\n    const latest = tradesPush as { latest?: number }\n    if (sequence !== null && sequence === latest.latest) return 'told already'\n    latest.latest = sequence ?? 0\n",
  },
  {
    name: 'a push without rows is read as nothing',
    check: 'parser.garbage-is-told',
    file: parser,
    find: "if (typeof channel !== 'string') {",
    replace: "if (typeof channel !== 'string') return []\n    if (typeof channel !== 'string') {",
  },
  {
    name: 'each message has a stream object of its own',
    check: 'parser.one-object-a-stream',
    file: 'spot/parsers/ticker.ts',
    find: "return dataMessage<'ticker'>(stream, ",
    replace: "return dataMessage<'ticker'>({ ...stream }, ",
  },
  {
    name: 'messages of the reference are never counted as such',
    check: 'cost.fast-reader',
    file: parser,
    find: 'if (route === null || !route.reader.shape.scan(bytes, start, end)) return null',
    replace: 'if (route === null || bytes[start] === 123 || !route.reader.shape.scan(bytes, start, end)) return null',
  },
]
