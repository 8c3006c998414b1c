import { effect, type Signal, signal } from '@preact/signals'

/** `system`: as the machine is set. */
export type Theme = 'system' | 'light' | 'dark'
const themes: readonly Theme[] = ['system', 'light', 'dark']

/** What a reader chose, kept by the browser where it allows it. */
export class Settings {
  readonly theme: Signal<Theme> = signal(themes.find((theme) => theme === read('theme')) ?? 'system')
  /** Keys of one letter get in the way of speech input: they can be switched off (WCAG 2.1.4). */
  readonly hasShortcuts: Signal<boolean> = signal(read('shortcuts') !== 'off')
  /** How far back the rates go, seconds. */
  readonly rateSeconds: Signal<number> = signal(read('rate-seconds') === '300' ? 300 : 60)

  /** Applies the theme and keeps what is chosen from now on; returns how to stop. */
  start(root: HTMLElement): () => void {
    return effect(() => {
      const theme = this.theme.value
      if (theme === 'system') delete root.dataset.theme
      else root.dataset.theme = theme
      write('theme', theme)
      write('shortcuts', this.hasShortcuts.value ? 'on' : 'off')
      write('rate-seconds', String(this.rateSeconds.value))
    })
  }

  nextTheme(): void {
    this.theme.value = themes[(themes.indexOf(this.theme.value) + 1) % themes.length] ?? 'system'
  }
}

function read(name: string): string | null {
  try {
    return localStorage.getItem(`tapewire.${name}`)
  } catch {
    return null
  }
}

function write(name: string, value: string): void {
  try {
    localStorage.setItem(`tapewire.${name}`, value)
  } catch {
    // Storage is switched off: the choice holds for as long as the page is there.
  }
}
