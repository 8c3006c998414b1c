import type { DraftedProtoField } from './draft.js'
import { guessRole } from './field-role.js'
import { readWireMessage, type WireMessage, type WireValue } from './protobuf-message.js'

const decimalText = /^[+-]?\d+(?:\.\d+)?$/
const notPrintable = /[\p{Cc}\u{FFFD}]/u

/** What the fields of messages that are alike may be declared as, by wire type and content; `eras` are the times of the capture, epoch ms. */
export function inferMessage(
  messages: readonly WireMessage[],
  eras: readonly number[],
  path = '',
): readonly DraftedProtoField[] {
  const numbers = [...new Set(messages.flatMap((message) => [...message.keys()]))].sort((one, other) => one - other)
  return numbers.flatMap((number) => {
    const held = messages.flatMap((message) => message.get(number) ?? [])
    const isRepeated = messages.some((message) => (message.get(number)?.length ?? 0) > 1)
    return inferField(path === '' ? String(number) : `${path}.${number}`, number, held, isRepeated, eras)
  })
}

function inferField(
  path: string,
  number: number,
  held: readonly WireValue[],
  isRepeated: boolean,
  eras: readonly number[],
): readonly DraftedProtoField[] {
  const seen = held.length
  const undeclared = (doubt: string): readonly DraftedProtoField[] => [
    { path, word: null, role: null, unit: null, seen, doubts: [doubt] },
  ]
  const varints = held.flatMap((value) => (value.kind === 'varint' ? [String(value.value)] : []))
  if (varints.length === seen) {
    const { role, unit, doubts } = guessRole('', { texts: [], numbers: varints }, eras)
    const word = isRepeated ? null : `protoInteger(${number})`
    const more = isRepeated ? ['It comes several times, for which there is no word.'] : []
    return [{ path, word, role, unit, seen, doubts: [...doubts, ...more] }]
  }
  const contents = held.flatMap((value) => (value.kind === 'bytes' ? [value.bytes] : []))
  if (contents.length < seen)
    return undeclared('It is of fixed width, or of several wire types, for which there is no word.')
  const messages = contents.map(readWireMessage)
  const areMessages = messages.every((message) => message !== null)
  const texts = contents.map((bytes) => bytes.toString())
  if (texts.some((text) => notPrintable.test(text))) {
    if (!areMessages) return undeclared('Its bytes are neither text nor a message.')
    return ofMessage(path, number, messages, isRepeated, eras)
  }
  const { role, unit, doubts } = guessRole('', { texts, numbers: [] }, eras)
  const isDecimal = texts.every((text) => decimalText.test(text))
  const word = isRepeated ? null : `${isDecimal ? 'protoDecimal' : 'protoText'}(${number})`
  const more = [
    ...(areMessages ? ['Its bytes could be a message as well.'] : []),
    ...(isRepeated ? ['It comes several times, for which there is no word.'] : []),
  ]
  return [{ path, word, role, unit, seen, doubts: [...doubts, ...more] }]
}

function ofMessage(
  path: string,
  number: number,
  messages: readonly WireMessage[],
  isRepeated: boolean,
  eras: readonly number[],
): readonly DraftedProtoField[] {
  const inner = inferMessage(messages, eras, isRepeated ? `${path}[]` : path)
  const own = { path, role: null, unit: null, seen: messages.length }
  const words = inner.map(({ word }) => word).join()
  if (isRepeated && words === 'protoDecimal(1),protoDecimal(2)') {
    return [
      { ...own, word: `protoLevels(${number})`, doubts: ['It is taken for levels because it holds pairs of numbers.'] },
    ]
  }
  const word = isRepeated ? `protoRepeated(${number}, {…})` : `protoMessage(${number}, {…})`
  const doubts = isRepeated ? [] : ['It came once each time; it may come more often.']
  return [{ ...own, word, doubts }, ...inner]
}
