/** What a terminal of 256 colours shows after what `tapewire` wrote to it: the characters of each row, each with its style. Knows the sequences that the screen of `tapewire` is made of, and no others. */
export function terminalCells(written, rows) {
  const cells = Array.from({ length: rows }, () => [])
  let row = 0
  let column = 0
  let style = noStyle
  // A sequence, or a character: https://ecma-international.org/publications-and-standards/standards/ecma-48/
  for (const [token, parameters, final] of written.matchAll(sequenceOrCharacter)) {
    if (final === 'H') {
      const [line = '1', place = '1'] = parameters.split(';')
      row = Number(line) - 1
      column = Number(place) - 1
    } else if (final === 'K') cells[row]?.splice(column)
    else if (final === 'J') for (const line of cells) line.length = 0
    else if (final === 'm') style = styled(style, parameters)
    else if (final === undefined) {
      const line = cells[row]
      if (line === undefined) continue
      while (line.length < column) line.push({ character: ' ', style: noStyle })
      line[column] = { character: token, style }
      column += 1
    }
  }
  return cells
}

const noStyle = { colour: null, isBold: false, isReversed: false }
const sequenceOrCharacter = new RegExp(`${'\u001b'}\\[([?\\d;]*)([A-Za-z])|[^${'\u001b'}\\r\\n]`, 'gu')

function styled(style, parameters) {
  if (parameters === '0') return noStyle
  if (parameters === '1') return { ...style, isBold: true }
  if (parameters === '7') return { ...style, isReversed: true }
  const [, colour] = /^38;5;(\d+)$/.exec(parameters) ?? []
  return colour === undefined ? style : { ...style, colour: Number(colour) }
}
