import stringWidth from 'string-width'

/** What takes one column on every terminal: most of what a screen shows, which needs no table. */
const singleColumn = /^[\x20-\x7e\u2190-\u21ff\u2500-\u25ff–…‹›·×]*$/
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** Columns of a terminal that the text takes. */
export function widthOf(text: string): number {
  return singleColumn.test(text) ? text.length : stringWidth(text)
}

/** The text in at most `width` columns. What is left out is marked by `…`; a word with a digit in it is shown whole or not at all. */
export function clipText(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  if (width <= 0) return ''
  let kept = ''
  let room = width - 1
  for (const { segment } of graphemes.segment(text)) {
    room -= widthOf(segment)
    if (room < 0) break
    kept += segment
  }
  const isInWord = /\S/.test(text.charAt(kept.length)) && /\S$/.test(kept)
  const word = /\S*$/.exec(kept)?.[0] ?? ''
  const whole = isInWord && /\d/.test(word + (/^\S*/.exec(text.slice(kept.length))?.[0] ?? ''))
  return `${(whole ? kept.slice(0, kept.length - word.length) : kept).trimEnd()}…`
}

/** The text in lines of at most `width` columns, broken between words; a word that is longer than a line is broken where the line ends. What is more than `most` lines is left out, and marked. */
export function wrapText(text: string, width: number, most: number = Number.POSITIVE_INFINITY): readonly string[] {
  const lines = brokenLines(text, width)
  if (lines.length <= most) return lines
  return [...lines.slice(0, most - 1), clipText(lines.slice(most - 1).join(' '), width)]
}

function brokenLines(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (widthOf(longer) <= width) {
      line = longer
      continue
    }
    if (line !== '') lines.push(line)
    line = word
    while (widthOf(line) > width) {
      const [head, tail] = splitAt(line, width)
      lines.push(head)
      line = tail
    }
  }
  return [...lines, line]
}

function splitAt(text: string, width: number): readonly [string, string] {
  let head = ''
  for (const { segment } of graphemes.segment(text)) {
    if (head !== '' && widthOf(head + segment) > width) break
    head += segment
  }
  return [head, text.slice(head.length)]
}
