import { type CandleInterval, candleIntervals } from '@tapewire/core'
import type { ConformanceCheck } from '../../check.js'
import { expectEqual, expectTrue, skip } from '../../check-failure.js'
import { hasCode, type StrategySide, strategySides, thrownBy } from '../../lab/by-hand.js'

const file = 'streams.ts'
const docs = 'writing-an-adapter.md#streams'

/** Candles, each width of which is a stream. */
export const candlePlanChecks: readonly ConformanceCheck[] = [
  {
    id: 'plan.candle-widths',
    title: 'each candle width is a stream of its own, which says it in `params.interval`',
    level: 'must',
    needs: ['candles'],
    file,
    docs,
    run(lab) {
      const [side] = strategySides(lab)
      const { subscriptionStrategy } = lab.publicSet()
      const widths = widthsOf(side as StrategySide)
      const seen = new Map<string, CandleInterval>()
      for (const width of widths) {
        const streams = subscriptionStrategy.plan({
          channel: 'candles',
          instruments: lab.instruments,
          candleIntervals: [width],
        })
        expectEqual(streams.length, lab.instruments.length, `candles of ${width} are not one stream an instrument`)
        for (const { id, params } of streams) {
          expectEqual(params.interval, width, `a stream of candles of ${width} says another width`)
          const other = seen.get(id)
          expectTrue(other === undefined, `candles of ${width} and of ${other} have one id`, { got: id })
          seen.set(id, width)
        }
      }
      const together = subscriptionStrategy.plan({
        channel: 'candles',
        instruments: lab.instruments,
        candleIntervals: widths,
      })
      expectEqual(
        together.map(({ id }) => id).sort(),
        [...seen.keys()].sort(),
        'all widths together mean other streams than one by one',
      )
    },
  },
  {
    id: 'plan.usual-candle-widths',
    title: 'where no candle width is named, those of the option are meant',
    level: 'must',
    needs: ['candles'],
    file,
    docs,
    run(lab) {
      const usual = widthsPlanned(lab.publicSet(), lab.instruments)
      expectTrue(usual.length > 0, 'without a width, no candles are planned')
      const [side] = strategySides(lab)
      const [width] = widthsOf(side as StrategySide).filter((has) => !usual.includes(has))
      if (width === undefined) return
      let got: readonly (string | undefined)[]
      try {
        got = widthsPlanned(lab.publicSet({ candleIntervals: [width] } as never), lab.instruments)
      } catch (thrown) {
        if (hasCode(thrown, 'ERR_UNSUPPORTED_OPTION')) skip(`${lab.definition.name} has no option candleIntervals.`)
        throw thrown
      }
      expectEqual(got, [width], 'the option candleIntervals does not say which widths are meant', {
        file: 'options.ts',
      })
    },
  },
  {
    id: 'plan.unknown-width-refused',
    title: 'a candle width that the exchange does not have is refused, and those it has are named',
    level: 'must',
    needs: ['candles'],
    file,
    docs,
    async run(lab) {
      const [side] = strategySides(lab)
      const has = widthsOf(side as StrategySide)
      const missing = candleIntervals.filter((width) => !has.includes(width))
      for (const width of [...missing, '7m' as CandleInterval]) {
        const thrown = await thrownBy(() =>
          lab.publicSet().subscriptionStrategy.plan({
            channel: 'candles',
            instruments: lab.instruments,
            candleIntervals: [...has.slice(0, 1), width],
          }),
        )
        expectTrue(hasCode(thrown, 'ERR_UNSUPPORTED_OPTION'), `candles of ${width} are not refused`, {
          expected: 'ERR_UNSUPPORTED_OPTION',
          got: thrown ?? 'a plan',
        })
        const untold = has.filter((one) => !thrown.message.includes(one))
        expectEqual(untold, [], `who asks for candles of ${width} is not told which there are`, { got: thrown.message })
      }
    },
  },
]

/** The candle widths that strategies take. */
export function widthsOf(side: StrategySide): readonly CandleInterval[] {
  const { subscriptionStrategy } = side.make()
  const widths = candleIntervals.filter((width) => {
    try {
      return subscriptionStrategy.plan({ channel: 'candles', instruments: [], candleIntervals: [width] }) !== null
    } catch {
      return false
    }
  })
  expectTrue(widths.length > 0, `${side.name} has candles, and takes none of the widths that core knows`, {
    expected: candleIntervals,
    got: [],
  })
  return widths
}

function widthsPlanned(
  { subscriptionStrategy }: ReturnType<StrategySide['make']>,
  instruments: Parameters<typeof subscriptionStrategy.plan>[0]['instruments'],
): readonly (string | undefined)[] {
  const streams = subscriptionStrategy.plan({ channel: 'candles', instruments, candleIntervals: null })
  return [...new Set(streams.map(({ params }) => params.interval))]
}
