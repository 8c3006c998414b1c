import type { CandleData } from '@tapewire/core'
import {
  type CandlestickData,
  CandlestickSeries,
  ColorType,
  createChart,
  type HistogramData,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  type UTCTimestamp,
} from 'lightweight-charts'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { fixed } from '../text/numbers.js'
import { timeOfDay } from '../text/times.js'
import type { ChartColors } from './chart-colors.js'
import { useColors } from './use-colors.js'

export interface CandleChartProps {
  /** Oldest first. */
  readonly candles: readonly CandleData[]
  readonly priceDigits: number
}

/** CSS pixels of a candle with the space beside it. */
const candleWidth = 9
const fewCandles = 12

interface Drawn {
  readonly chart: IChartApi
  readonly prices: ISeriesApi<'Candlestick'>
  readonly volumes: ISeriesApi<'Histogram'>
  readonly colors: ChartColors
  candles: readonly CandleData[]
}

/** Candles of one minute with their volume. Only what changed is drawn again. */
export function CandleChart({ candles, priceDigits }: CandleChartProps): JSX.Element {
  const room = useRef<HTMLDivElement>(null)
  const drawn = useRef<Drawn | null>(null)
  const latest = useRef(candles)
  latest.current = candles
  const colors = useColors()
  useEffect(() => {
    if (room.current === null) return
    const made = drawnIn(room.current, colors, priceDigits)
    drawn.current = made
    show(made, latest.current)
    return () => {
      drawn.current = null
      made.chart.remove()
    }
  }, [colors, priceDigits])
  useEffect(() => {
    if (drawn.current !== null) show(drawn.current, candles)
  }, [candles])
  return <div class="candles" role="img" aria-label={labelOf(candles, priceDigits)} ref={room} />
}

function drawnIn(room: HTMLElement, colors: ChartColors, priceDigits: number): Drawn {
  const chart = createChart(room, {
    autoSize: true,
    layout: {
      background: { type: ColorType.Solid, color: 'transparent' },
      textColor: colors.text,
      fontFamily: getComputedStyle(room).fontFamily,
      fontSize: 11,
      // Its link is in the footer, where the keyboard reaches it.
      attributionLogo: false,
    },
    grid: { vertLines: { color: colors.grid }, horzLines: { color: colors.grid } },
    rightPriceScale: { borderColor: colors.grid, scaleMargins: { top: 0.08, bottom: 0.26 } },
    timeScale: {
      borderColor: colors.grid,
      timeVisible: true,
      secondsVisible: false,
      rightOffset: 3,
      tickMarkFormatter: (time: UTCTimestamp) => timeOfDay(time * 1000).slice(0, 5),
    },
    localization: {
      priceFormatter: (price: number) => fixed(price, priceDigits),
      timeFormatter: (time: UTCTimestamp) => timeOfDay(time * 1000).slice(0, 5),
    },
    // A page is scrolled over it.
    handleScroll: { mouseWheel: false, vertTouchDrag: false },
    handleScale: { mouseWheel: false },
  })
  const prices = chart.addSeries(CandlestickSeries, {
    // Hollow up, filled down, as on paper: the direction needs no colour.
    upColor: colors.ground,
    borderUpColor: colors.buy,
    wickUpColor: colors.buy,
    downColor: colors.sell,
    borderDownColor: colors.sell,
    wickDownColor: colors.sell,
    priceLineColor: colors.accent,
    priceFormat: { type: 'price', precision: priceDigits, minMove: 10 ** -priceDigits },
  })
  const volumes = chart.addSeries(HistogramSeries, {
    priceScaleId: 'volume',
    priceFormat: { type: 'volume' },
    lastValueVisible: false,
    priceLineVisible: false,
  })
  chart.priceScale('volume').applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } })
  return { chart, prices, volumes, colors, candles: [] }
}

/** Draws what is new: the last candles where they go on from what is drawn, all otherwise. */
function show(drawn: Drawn, candles: readonly CandleData[]): void {
  const last = drawn.candles.at(-1)
  if (last === undefined || candles[0]?.openTime !== drawn.candles[0]?.openTime) {
    drawn.prices.setData(candles.map(priceOf))
    drawn.volumes.setData(candles.map((candle) => volumeOf(candle, drawn.colors)))
    if (last === undefined) showLatest(drawn, candles.length)
  } else {
    for (const candle of candles.filter(({ openTime }) => openTime >= last.openTime)) {
      drawn.prices.update(priceOf(candle))
      drawn.volumes.update(volumeOf(candle, drawn.colors))
    }
    if (candles.length > drawn.candles.length) showLatest(drawn, candles.length)
  }
  drawn.candles = candles
}

/** As many as can be told apart; a few share the room of twelve. Once there are more than that the chart moves on by itself, or stays where its reader moved it. */
function showLatest({ chart, candles }: Drawn, count: number): void {
  const most = Math.max(fewCandles, Math.floor(chart.timeScale().width() / candleWidth))
  if (candles.length >= most) return
  chart.timeScale().setVisibleLogicalRange({ from: count - Math.min(most, Math.max(fewCandles, count)), to: count + 1 })
}

function priceOf({ openTime, open, high, low, close }: CandleData): CandlestickData<UTCTimestamp> {
  return { time: (openTime / 1000) as UTCTimestamp, open, high, low, close }
}

function volumeOf({ openTime, open, close, baseVolume }: CandleData, colors: ChartColors): HistogramData<UTCTimestamp> {
  const color = close >= open ? colors.buyFill : colors.sellFill
  return { time: (openTime / 1000) as UTCTimestamp, value: baseVolume ?? 0, color }
}

function labelOf(candles: readonly CandleData[], priceDigits: number): string {
  const last = candles.at(-1)
  if (last === undefined) return 'Candles of one minute: none yet.'
  const price = (value: number): string => fixed(value, priceDigits)
  const high = Math.max(...candles.map((candle) => candle.high))
  const low = Math.min(...candles.map((candle) => candle.low))
  return (
    `${candles.length} candles of one minute, from ${price(low)} to ${price(high)}. The last one, of ${timeOfDay(last.openTime).slice(0, 5)}: ` +
    `open ${price(last.open)}, high ${price(last.high)}, low ${price(last.low)}, close ${price(last.close)}.`
  )
}
