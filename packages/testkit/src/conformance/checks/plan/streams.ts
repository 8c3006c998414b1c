import { traitsOf } from '@tapewire/core/adapter'
import type { ConformanceCheck } from '../../check.js'
import { expectEqual, expectTrue, fail } from '../../check-failure.js'
import { planAll, plannedChannels, strategySides, thrownBy } from '../../lab/by-hand.js'
import { widthsOf } from './candles.js'

const file = 'streams.ts'
const docs = 'writing-an-adapter.md#streams'

/** What a request is planned as. */
export const plannedStreamChecks: readonly ConformanceCheck[] = [
  {
    id: 'plan.covers-what-was-asked',
    title: 'each channel of each instrument has a stream that says it feeds it',
    level: 'must',
    needs: [],
    file,
    docs,
    run(lab) {
      for (const { side, channel, streams } of plannedChannels(lab, lab.instruments)) {
        for (const stream of streams) {
          expectTrue(
            stream.channels.includes(channel),
            `${side.name} plans a stream for ${channel} that does not carry it`,
            { expected: `channels with ${channel} among them`, got: { id: stream.id, channels: stream.channels } },
          )
        }
        for (const instrument of lab.instruments) {
          expectTrue(
            streams.some((stream) => stream.instrument === instrument || stream.instrument === null),
            `${side.name} plans no stream for ${channel} of ${instrument}`,
            { got: streams.map(({ id }) => id) },
          )
        }
        const others = streams.filter(({ instrument }) => instrument !== null && !lab.instruments.includes(instrument))
        expectEqual(
          others.map(({ id }) => id),
          [],
          `${side.name} plans streams for ${channel} of instruments that nobody asked for`,
        )
      }
    },
  },
  {
    id: 'plan.same-objects',
    title: 'the same request means the same stream objects',
    level: 'must',
    needs: [],
    file,
    docs,
    run(lab) {
      for (const side of strategySides(lab)) {
        const set = side.make()
        const first = planAll(set, side, lab.instruments)
        const second = planAll(set, side, lab.instruments)
        expectTrue(
          first.length === second.length && first.every((stream, place) => stream === second[place]),
          `planning the channels of ${side.name} twice gives other stream objects the second time`,
          { expected: first.map(({ id }) => id), got: second.map(({ id }) => id) },
        )
      }
    },
  },
  {
    id: 'plan.stable-ids',
    title: 'the same request means the same ids in every set',
    level: 'must',
    needs: [],
    file,
    docs,
    run(lab) {
      for (const side of strategySides(lab)) {
        const expected = planAll(side.make(), side, lab.instruments).map(({ id }) => id)
        const backwards = [...lab.instruments].reverse()
        const got = planAll(side.make(), side, backwards).map(({ id }) => id)
        expectEqual(got.sort(), expected.sort(), `another set of ${side.name} calls the same streams otherwise`)
      }
    },
  },
  {
    id: 'plan.ids-are-unique',
    title: 'no two streams have one id',
    level: 'must',
    needs: [],
    file,
    docs,
    run(lab) {
      for (const side of strategySides(lab)) {
        const ids = planAll(side.make(), side, lab.instruments).map(({ id }) => id)
        expectEqual(ids, [...new Set(ids)], `two of the streams of ${side.name} have the same id`)
      }
    },
  },
  {
    id: 'plan.no-duplicates',
    title: 'a stream comes once, however often its instrument or its candle width is named',
    level: 'must',
    needs: [],
    file,
    docs,
    run(lab) {
      const instruments = [...lab.instruments, ...lab.instruments]
      for (const side of strategySides(lab)) {
        const { subscriptionStrategy } = side.make()
        for (const channel of side.channels) {
          const has = channel === 'candles' ? widthsOf(side) : []
          const ids = subscriptionStrategy
            .plan({ channel, instruments, candleIntervals: has.length === 0 ? null : [...has, ...has] })
            .map(({ id }) => id)
          expectEqual(ids, [...new Set(ids)], `${side.name} plans a stream of ${channel} more than once`)
        }
      }
    },
  },
  {
    id: 'plan.streams-say-what-they-are',
    title:
      'each stream has an id, the exchange’s channel and, where it is of one instrument, the exchange’s spelling of it',
    level: 'must',
    needs: [],
    file,
    docs,
    run(lab) {
      const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''
      for (const side of strategySides(lab)) {
        for (const { id, wireChannel, wireSymbol, instrument, channels: feeds } of planAll(
          side.make(),
          side,
          lab.instruments,
        )) {
          const got = { id, wireChannel, wireSymbol, instrument: instrument?.name ?? null, channels: feeds }
          expectTrue(isText(id) && isText(wireChannel), `a stream of ${side.name} has no id or no wireChannel`, { got })
          expectTrue(
            instrument === null || isText(wireSymbol),
            `a stream of ${side.name} does not say how the exchange spells its instrument`,
            { got },
          )
          expectTrue(
            feeds.length > 0 && new Set(feeds).size === feeds.length,
            `a stream of ${side.name} names a channel twice`,
            { got },
          )
        }
      }
    },
  },
  {
    id: 'plan.request-left-as-it-is',
    title: 'the request is left as it is',
    level: 'must',
    needs: [],
    file,
    docs,
    async run(lab) {
      for (const side of strategySides(lab)) {
        for (const channel of side.channels) {
          const request = Object.freeze({
            channel,
            instruments: Object.freeze([...lab.instruments]),
            candleIntervals: null,
          })
          const thrown = await thrownBy(() => side.make().subscriptionStrategy.plan(request))
          expectTrue(thrown === null, `plan() of ${side.name} changes the request`, { got: thrown })
        }
      }
    },
  },
  {
    id: 'plan.without-instruments',
    title: 'a request without an instrument is planned, with streams of no instrument alone',
    level: 'must',
    needs: [],
    file,
    docs,
    run(lab) {
      for (const { side, channel, streams } of plannedChannels(lab, [])) {
        const named = streams.filter(({ instrument }) => instrument !== null)
        expectEqual(
          named.map(({ id }) => id),
          [],
          `${side.name} plans ${channel} of instruments that nobody named`,
        )
        if (!traitsOf(channel).perInstrument && streams.length === 0)
          fail(`${side.name} plans nothing for ${channel}, which is about a whole account`, { expected: 'a stream' })
      }
    },
  },
]
