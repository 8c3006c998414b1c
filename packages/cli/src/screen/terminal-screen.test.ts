import { describe, expect, test } from 'vitest'
import { fakeTerminal } from '../../test/support/invoke.js'
import { TerminalScreen } from './terminal-screen.js'
import { span } from './text/line.js'

describe('the screen', () => {
  test('writes the lines that changed, and gives the terminal back as it was', () => {
    const terminal = fakeTerminal()
    const screen = new TerminalScreen(terminal, 'none')
    screen.open()
    screen.draw([[span('one')], [span('two')]])
    const before = terminal.text.length
    screen.draw([[span('one')], [span('2', 'strong')]])
    screen.draw([[span('one')], [span('2', 'strong')]])
    expect(terminal.text.slice(before)).toBe('\u001b[?2026h\u001b[2;1H\u001b[1m2\u001b[0m\u001b[K\u001b[?2026l')
    screen.close()
    screen.close()
    expect(terminal.text.startsWith('\u001b[?1049h\u001b[?25l')).toBe(true)
    expect(terminal.text.endsWith('\u001b[?25h\u001b[?1049l')).toBe(true)
    expect(terminal.text.split('\u001b[?1049l')).toHaveLength(2)
  })

  test('is written whole after a resize', () => {
    const terminal = fakeTerminal()
    const screen = new TerminalScreen(terminal, 'none')
    screen.open()
    screen.draw([[span('one')]])
    screen.forget()
    screen.draw([[span('one')]])
    expect(terminal.text.split('one')).toHaveLength(3)
  })

  test('shows no more frames to a terminal that has not taken the last one', () => {
    const terminal = fakeTerminal()
    const screen = new TerminalScreen(terminal, 'none')
    screen.open()
    const { write } = terminal
    terminal.write = ((text: string) => {
      terminal.text += text
      return false
    }) as typeof write
    screen.draw([[span('one')]])
    screen.draw([[span('two')]])
    expect(terminal.text).not.toContain('two')
    terminal.write = write
    terminal.emit('drain')
    screen.draw([[span('three')]])
    expect(terminal.text).toContain('three')
  })

  test('is 80 by 24 where the terminal does not know', () => {
    const terminal = Object.assign(fakeTerminal(), { columns: 0, rows: 0 })
    expect(new TerminalScreen(terminal, 'none').size).toEqual({ columns: 80, rows: 24 })
  })
})
