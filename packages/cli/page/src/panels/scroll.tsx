import type { ComponentChildren, JSX } from 'preact'

/** A room whose content may be longer than it. The keyboard reaches it, since arrows scroll it; not every browser sees to that itself. */
export function Scroll({
  name,
  children,
}: {
  readonly name: string
  readonly children: ComponentChildren
}): JSX.Element {
  return (
    <section class="scroll" aria-label={name} ref={reachable}>
      {children}
    </section>
  )
}

function reachable(element: HTMLElement | null): void {
  if (element !== null) element.tabIndex = 0
}
