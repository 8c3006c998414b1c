/** The colours of charts, which are drawn and so do not follow the style sheet by themselves. */
export interface ChartColors {
  readonly text: string
  /** Of a panel. */
  readonly ground: string
  readonly grid: string
  readonly buy: string
  readonly buyFill: string
  readonly sell: string
  readonly sellFill: string
  readonly accent: string
  readonly accentFill: string
  readonly second: string
  readonly font: string
}

/** What the style sheet says now, for the theme of now. */
export function chartColors(): ChartColors {
  const probe = document.createElement('i')
  document.body.append(probe)
  const color = (name: string): string => {
    probe.style.color = `var(--${name})`
    return getComputedStyle(probe).color
  }
  const colors = {
    text: color('muted'),
    ground: color('panel'),
    grid: color('grid'),
    buy: color('buy'),
    buyFill: color('buy-fill'),
    sell: color('sell'),
    sellFill: color('sell-fill'),
    accent: color('accent'),
    accentFill: color('accent-fill'),
    second: color('second'),
    font: `11px ${getComputedStyle(document.body).fontFamily}`,
  }
  probe.remove()
  return colors
}
