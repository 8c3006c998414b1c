import { MessageType } from '@tapewire/core'
import type { MessageParser, ParsedMessage } from '@tapewire/core/adapter'
import { dataChannelOf, typeNameOf } from '../truth/message-faults.js'
import { type ReadableRecording, recordings } from './corpus.js'
import { type JsonNode, readJson } from './json-text.js'
import type { Lab } from './lab.js'
import { messagesOf, type ReadFrame, readAll } from './reading.js'
import type { RecordedFrame } from './recording.js'

/** A frame of a kind, what it says, and parsers that are where one would be that comes to it. */
export interface Sample {
  /** For reports: `Trades on trades`. */
  readonly kind: string
  readonly source: string
  readonly frame: RecordedFrame
  readonly messages: readonly ParsedMessage[]
  /** A new parser that has read what it must have read before this frame: what is no stream's data, which may be left out. */
  parser(): MessageParser
}

/** How many frames of each kind are taken: an early one, and later ones. */
const ofEachKind = 3

/** Some frames of every kind that there is to read, of each variant of options. Chosen once a run. */
export function samples(lab: Lab): Promise<readonly Sample[]> {
  return lab.once('samples', async () => {
    const chosen = new Map<string, Sample[]>()
    for (const recording of await recordings(lab)) {
      const incoming = recording.frames.filter(({ dir }) => dir === 'in')
      const read = readAll(recording.parser(), incoming)
      for (const [place, { frame, messages }] of read.entries()) {
        const kind = kindOf(messages, frame)
        const known = chosen.get(kind) ?? []
        // The first, then the third and the twentieth of a kind: later ones differ more.
        if (known.length >= ofEachKind || (known.length > 0 && place < ordinal(known.length))) continue
        const before = read.slice(0, place).filter(({ peek }) => peek === 'control' || peek === null)
        const parser = (): MessageParser => parserBehind(recording, before)
        // What repeats an earlier frame may say nothing, and says something to a parser that has not read that one.
        const said = messages.length > 0 ? messages : messagesOf(parser(), frame)
        known.push({ kind: kindOf(said, frame), source: recording.source, frame, messages: said, parser })
        chosen.set(kind, known)
      }
    }
    return [...chosen.values()].flat()
  })
}

/** Those of them that are built in different ways: of frames with the same fields, the first shows what each of them would. */
export async function differentSamples(lab: Lab): Promise<readonly Sample[]> {
  const different = new Map<string, Sample>()
  for (const sample of await samples(lab)) {
    const { content } = sample.frame
    const node = readJson(content.toString())
    const look = node === null ? sample.kind : `${typeof content} ${shapeOf(node)}`
    if (!different.has(look)) different.set(look, sample)
  }
  return [...different.values()]
}

/** Whether what a frame says is all of it data, answers or pongs: nothing that shows the frame's own words. */
export function isPlain({ messages }: Pick<Sample, 'messages'>): boolean {
  return messages.every(
    (message) =>
      dataChannelOf(message) !== null ||
      message.type === MessageType.SubscriptionConfirm ||
      message.type === MessageType.Heartbeat,
  )
}

/** As `messagesOf`, with a parser that has come to this frame. */
export function readAs(sample: Sample, content: string | Buffer): readonly ParsedMessage[] {
  return messagesOf(sample.parser(), { ...sample.frame, content })
}

/** The fields of JSON, whatever stands in them. */
function shapeOf(node: JsonNode): string {
  switch (node.kind) {
    case 'scalar':
      return node.text.startsWith('"') ? 'text' : /^[-\d]/.test(node.text) ? 'number' : node.text
    case 'array':
      return `[${[...new Set(node.items.map(shapeOf))].join()}]`
    case 'object':
      return `{${node.members.map(([key, value]) => `${key}:${shapeOf(value)}`).join()}}`
  }
}

function ordinal(taken: number): number {
  return taken === 1 ? 40 : 200
}

function kindOf(messages: readonly ParsedMessage[], { content }: RecordedFrame): string {
  const kinds = messages.map((message) => {
    const { stream } = message
    const detail = message.type === MessageType.Orderbook ? ` ${message.data.kind}` : ''
    return stream === null ? typeNameOf(message) : `${typeNameOf(message)}${detail} on ${stream.wireChannel}`
  })
  const words = [...new Set(kinds)].join(' and ') || 'nothing'
  return `${words}${typeof content === 'string' ? '' : ' (binary)'}`
}

function parserBehind(recording: ReadableRecording, before: readonly ReadFrame[]): MessageParser {
  const parser = recording.parser()
  for (const { frame } of before) messagesOf(parser, frame)
  return parser
}
