import type { ComponentChildren, JSX } from 'preact'
import { useId } from 'preact/hooks'

export interface PanelProps {
  /** Its place in the grid, and what links to it say. */
  readonly area: string
  readonly title: string
  /** Beside the title: a figure, a switch. */
  readonly aside?: ComponentChildren
  /** Whether what it shows is not the truth of now: it is greyed. */
  readonly isOld?: boolean
  readonly children: ComponentChildren
}

/** One region of the page, under its heading. */
export function Panel({ area, title, aside, isOld = false, children }: PanelProps): JSX.Element {
  const titleId = useId()
  return (
    <section id={area} class={`panel ${area}`} aria-labelledby={titleId}>
      <header class="panel-head">
        <h2 id={titleId}>{title}</h2>
        {aside === undefined ? null : <div class="panel-aside">{aside}</div>}
      </header>
      <div class={isOld ? 'panel-body is-old' : 'panel-body'}>{children}</div>
    </section>
  )
}

/** Instead of content that is not there, why it is not. */
export function Nothing({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return <p class="nothing">{children}</p>
}
