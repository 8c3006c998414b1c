import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import UPlot from 'uplot'
import type { ChartColors } from './chart-colors.js'
import { useColors } from './use-colors.js'

/** All but size and data. */
export type PlotOptions = Omit<UPlot.Options, 'width' | 'height'>

export interface PlotProps {
  /** What somebody who cannot see it is told: what it shows, in figures. */
  readonly label: string
  readonly data: UPlot.AlignedData
  /** A chart is made anew for another function, so it is one of a module. */
  readonly options: (colors: ChartColors) => PlotOptions
}

/** A chart of uPlot in its room: as large as that is, in the colours of the theme, redrawn when its data changes. */
export function Plot({ label, data, options }: PlotProps): JSX.Element {
  const room = useRef<HTMLDivElement>(null)
  const chart = useRef<UPlot | null>(null)
  const latest = useRef(data)
  latest.current = data
  const colors = useColors()
  useEffect(() => {
    const element = room.current
    if (element === null) return
    const made = new UPlot({ ...options(colors), ...sizeOf(element) }, latest.current, element)
    chart.current = made
    const observer = new ResizeObserver(() => {
      const size = sizeOf(element)
      if (size.width !== made.width || size.height !== made.height) made.setSize(size)
    })
    observer.observe(element)
    return () => {
      observer.disconnect()
      made.destroy()
      chart.current = null
    }
  }, [colors, options])
  useEffect(() => {
    if (chart.current?.data !== data) chart.current?.setData(data)
  }, [data])
  return <div class="plot" role="img" aria-label={label} ref={room} />
}

function sizeOf({ clientWidth, clientHeight }: HTMLElement): { readonly width: number; readonly height: number } {
  return { width: clientWidth, height: clientHeight }
}
