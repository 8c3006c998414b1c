import { useEffect, useState } from 'preact/hooks'
import { type ChartColors, chartColors } from './chart-colors.js'

/** The colours of now; a chart is made anew when the theme changes, by its reader or by the machine. */
export function useColors(): ChartColors {
  const [colors, setColors] = useState(chartColors)
  useEffect(() => {
    const change = (): void => setColors(chartColors())
    const system = matchMedia('(prefers-color-scheme: dark)')
    const observer = new MutationObserver(change)
    observer.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    system.addEventListener('change', change)
    return () => {
      observer.disconnect()
      system.removeEventListener('change', change)
    }
  }, [])
  return colors
}
