import { type EndpointOptions, type Instrument, type PublicChannel, parseInstrument, type Stream } from '@tapewire/core'
import type { ConformanceCheck } from '../../check.js'
import { expectEqual, expectTrue, fail, skip } from '../../check-failure.js'
import { hasCode, planAll, strategySides, thrownBy } from '../../lab/by-hand.js'
import { emulatedRecordings } from '../../lab/corpus.js'
import { heardOf } from '../../lab/heard-of.js'
import type { Lab } from '../../lab/lab.js'
import { readAll } from '../../lab/reading.js'
import { spellingsToTry } from '../../lab/spellings.js'

const file = 'symbols.ts'
const docs = 'writing-an-adapter.md#instruments'

/** Which market a spelling means. */
export const spellingChecks: readonly ConformanceCheck[] = [
  {
    id: 'symbols.streams-keep-their-instrument',
    title: 'each instrument is spelt in a way of its own, and its streams are of that instrument',
    level: 'must',
    needs: [],
    file,
    docs,
    run(lab) {
      for (const side of strategySides(lab)) {
        const set = side.make()
        const spelt = new Map<string, Instrument>()
        for (const instrument of lab.instruments) {
          for (const { instrument: its, wireSymbol } of planAll(set, side, [instrument])) {
            if (its === null || wireSymbol === null) continue
            expectTrue(its === instrument, `${side.name} plans a stream of another instrument`, {
              expected: instrument.name,
              got: its.name,
            })
            const other = spelt.get(wireSymbol) ?? instrument
            expectTrue(other === instrument, `${side.name} spells ${instrument} and ${other} alike`, {
              got: wireSymbol,
            })
            spelt.set(wireSymbol, instrument)
          }
        }
      }
    },
  },
  {
    id: 'symbols.read-back',
    title: 'what comes for an instrument comes under its name, and nothing under another',
    level: 'must',
    needs: ['venue'],
    file,
    docs,
    async run(lab) {
      for (const { source, scope, parser, frames } of await emulatedRecordings(lab)) {
        const met = new Set<string>()
        for (const { frame, messages } of readAll(parser(), frames)) {
          for (const message of messages) {
            if (message.type <= 0 || !('symbol' in message) || message.symbol === null) continue
            const { symbol } = message
            met.add(symbol.name)
            if (lab.instruments.includes(symbol)) continue
            fail(`a frame of ${source} is read as of an instrument that nobody asked for`, {
              expected: lab.instruments.map(({ name }) => name),
              got: symbol.name,
              frame: frame.content,
            })
          }
        }
        if (scope === 'private') continue
        const unmet = lab.instruments.filter(({ name }) => !met.has(name)).map(({ name }) => name)
        expectEqual(unmet, [], `in ${source}, nothing is read as of ${unmet.join(', ')}, which was subscribed`)
      }
      if (lab.hasAccount && lab.privateChannels.length > 0) await wholeAccountRead(lab)
    },
  },
  {
    id: 'symbols.alike-never-mixed',
    title: 'two instruments that the exchange spells alike are refused, and never mixed up',
    level: 'must',
    needs: [],
    file,
    docs,
    async run(lab) {
      const [channel] = lab.publicChannels
      if (channel === undefined) skip('There is no channel of market data.')
      for (const pair of spellingsToTry) {
        for (const [one, other] of [pair, [pair[1], pair[0]] as const]) {
          for (const isTogether of [true, false]) {
            const { subscriptionStrategy } = lab.publicSet()
            const plan = (instruments: readonly Instrument[]): readonly Stream[] =>
              subscriptionStrategy.plan({ channel, instruments, candleIntervals: null })
            let streams: readonly Stream[] = []
            const thrown = await thrownBy(() => {
              streams = isTogether ? plan([one, other]) : [...plan([one]), ...plan([other])]
            })
            if (thrown !== null) {
              expectTrue(hasCode(thrown, 'ERR_INVALID_SYMBOL'), `${one} and ${other} are refused with another code`, {
                expected: 'ERR_INVALID_SYMBOL',
                got: thrown,
              })
              continue
            }
            const ofOne = streams.filter(({ instrument }) => instrument === one).map(({ id }) => id)
            const ofOther = streams.filter(({ instrument }) => instrument === other).map(({ id }) => id)
            if (streams.every(({ instrument }) => instrument === null)) continue
            expectTrue(
              ofOne.length > 0 && ofOther.length > 0 && ofOne.every((id) => !ofOther.includes(id)),
              `${one} and ${other} mean the same streams: what comes for one is taken for the other’s`,
              {
                expected: 'ERR_INVALID_SYMBOL, or streams of their own',
                got: streams.map(({ id, instrument }) => `${id} (${instrument})`),
              },
            )
            const spelt = new Map(
              streams.map(({ wireChannel, wireSymbol, instrument }) => [`${wireChannel} ${wireSymbol}`, instrument]),
            )
            for (const { wireChannel, wireSymbol, instrument } of streams) {
              expectTrue(
                spelt.get(`${wireChannel} ${wireSymbol}`) === instrument,
                `${one} and ${other} are spelt alike, and neither is refused`,
                {
                  expected: 'ERR_INVALID_SYMBOL, or spellings of their own',
                  got: wireSymbol,
                },
              )
            }
          }
        }
      }
    },
  },
  {
    id: 'symbols.alike-on-one-stream',
    title: 'where one stream is of all markets, two that are spelt alike are refused beside each other too',
    level: 'must',
    needs: ['venue'],
    file,
    docs,
    async run(lab) {
      let tried = 0
      for (const { name, options } of lab.variants) {
        const alike = spellingsToTry.find((pair) =>
          lab.publicChannels.some((channel) => isAlike(lab, options, channel, pair)),
        )
        if (alike === undefined) continue
        for (const channel of lab.publicChannels.filter((one) => isOfAllMarkets(lab, options, one))) {
          tried += 1
          const stage = lab.stage({ instruments: alike, levels: 8 })
          const { manager, record } = stage.manager(lab.publicSet(options))
          const started = manager.initialize({ symbols: alike, channels: [channel] })
          const thrown = await stage.settled(
            thrownBy(() => started),
            'initialize() should settle',
          )
          if (hasCode(thrown, 'ERR_INVALID_SYMBOL', 'ERR_SUBSCRIPTION_REJECTED')) continue
          for (let step = 0; step < 60; step += 1) {
            stage.market.step(alike[step % alike.length])
            await stage.pass(100)
          }
          const told = new Set(record.messages.map(({ symbol }) => symbol))
          // Where the exchange spells them otherwise on this stream, each is told as itself.
          expectTrue(
            alike.every((instrument) => told.has(instrument)),
            `with ${name}, ${alike.join(' and ')} are both taken on ${channel}, and what comes for one is taken for the other’s`,
            { expected: 'ERR_INVALID_SYMBOL', got: `messages of ${[...told].join(', ')} alone` },
          )
        }
      }
      if (tried === 0) skip(`${lab.definition.name} has no stream of all markets on which two could be spelt alike.`)
    },
  },
  {
    id: 'symbols.letters-kept',
    title: 'assets with small letters, and assets that are not ASCII, are refused or served under their own name',
    level: 'must',
    needs: ['venue'],
    file,
    docs,
    async run(lab) {
      const [like] = lab.instruments
      if (like === undefined) skip('The lab trades nothing.')
      const rest = like.name.slice(like.base.length)
      const wanted = ['AAPLx', '龙虾', 'ÄÖ', '1000SATS'].map((base) => parseInstrument(`${base}${rest}`))
      const [channel] = lab.publicChannels
      if (channel === undefined) skip('There is no channel of market data.')
      const spelt = wanted.filter((instrument) => {
        try {
          lab.publicSet().subscriptionStrategy.plan({ channel, instruments: [instrument], candleIntervals: null })
          return true
        } catch (thrown) {
          expectTrue(hasCode(thrown, 'ERR_INVALID_SYMBOL'), `${instrument} is refused with another code`, {
            expected: 'ERR_INVALID_SYMBOL',
            got: thrown,
          })
          return false
        }
      })
      const instruments = [...lab.instruments, ...spelt]
      const stage = lab.stage({ instruments, levels: 8 })
      const { manager, record } = stage.manager(lab.publicSet())
      await stage.settled(
        manager.initialize({ symbols: instruments, channels: lab.publicChannels }),
        `initialize() with ${spelt.join(', ')} should resolve`,
      )
      await heardOf(stage, record, instruments)
    },
  },
]

/** An account whose markets nobody named: each has to be read from what comes. */
async function wholeAccountRead(lab: Lab): Promise<void> {
  const stage = lab.stage({ levels: 8 })
  const { manager, record } = stage.manager(lab.accountSet())
  const thrown = await stage.settled(
    thrownBy(() => manager.initialize({ symbols: [], channels: lab.privateChannels })),
    'initialize() of a whole account should settle',
  )
  // Not every exchange tells of an account without being told the markets.
  if (thrown !== null) return
  await stage.pass(10_000)
  for (const { symbol, raw } of record.messages) {
    if (symbol === null || lab.instruments.includes(symbol)) continue
    fail('something of an account is read as of an instrument that the exchange does not have', {
      expected: lab.instruments.map(({ name }) => name),
      got: symbol.name,
      ...(raw === null ? {} : { frame: raw }),
    })
  }
  await stage.close()
}

/** Whether two instruments are each taken alone on a channel, and refused beside each other. */
function isAlike(
  lab: Lab,
  options: EndpointOptions,
  channel: PublicChannel,
  [one, other]: readonly [Instrument, Instrument],
): boolean {
  const isTaken = (...instruments: readonly Instrument[]): boolean => {
    try {
      lab.publicSet(options).subscriptionStrategy.plan({ channel, instruments, candleIntervals: null })
      return true
    } catch {
      return false
    }
  }
  return isTaken(one) && isTaken(other) && !isTaken(one, other)
}

function isOfAllMarkets(lab: Lab, options: EndpointOptions, channel: PublicChannel): boolean {
  const request = { channel, instruments: lab.instruments, candleIntervals: null }
  const streams = lab.publicSet(options).subscriptionStrategy.plan(request)
  return streams.some(({ instrument }) => instrument === null)
}
