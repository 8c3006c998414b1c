/** What a key asks for. */
export type ShortcutName = 'symbol' | 'exchange' | 'pause' | 'theme' | 'help'

const names: Readonly<Record<string, ShortcutName>> = {
  s: 'symbol',
  '/': 'symbol',
  e: 'exchange',
  ' ': 'pause',
  t: 'theme',
  '?': 'help',
}

/** Where a key is typed, or does something already. Space scrolls a region that scrolls, so there it does not pause either. */
const ownKeys = 'input, textarea, select, dialog'
const ownSpace = 'button, a, summary, [tabindex]'

/** The shortcut of a key that was pressed; null where the key is not ours. */
export function shortcutOf(event: KeyboardEvent): ShortcutName | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.repeat) return null
  const target = event.target instanceof Element ? event.target : null
  if (target?.closest(ownKeys) || (event.key === ' ' && target?.closest(ownSpace))) return null
  return names[event.key.length === 1 ? event.key.toLowerCase() : ''] ?? null
}
