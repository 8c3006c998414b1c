import { MessageType } from '@tapewire/core'
import type { MessageParser, ParsedMessage } from '@tapewire/core/adapter'
import type { ConformanceCheck } from '../../check.js'
import { expectEqual, fail } from '../../check-failure.js'
import { parserOf, recordings } from '../../lab/corpus.js'
import type { Lab } from '../../lab/lab.js'
import { messagesOf, readAll } from '../../lab/reading.js'
import type { RecordedFrame } from '../../lab/recording.js'
import type { Stage } from '../../lab/stage.js'
import { plannedStreams } from '../../lab/wanted-streams.js'
import { dataChannelOf } from '../../truth/message-faults.js'
import { saidText } from '../../truth/said.js'

const area = {
  level: 'must',
  needs: ['frames'],
  file: 'parser.ts',
  docs: 'writing-an-adapter.md#a-parser-with-a-memory',
} as const

/** What a parser remembers belongs to one connection. */
export const connectionChecks: readonly ConformanceCheck[] = [
  {
    ...area,
    id: 'parser.a-new-connection-begins-anew',
    title: 'the parser of a new connection knows nothing of the one before: it reads as the first one did',
    async run(lab) {
      for (const { makeSet, frames } of await recordings(lab)) {
        const set = makeSet()
        // Where one parser reads for all connections, it may know a frame that it has read before.
        if (set.messageParser.forConnection === undefined) continue
        const first = readAll(parserOf(set), frames)
        const second = readAll(parserOf(set), frames)
        for (const [place, { frame, messages }] of first.entries()) {
          const [expected, got] = [saidText(messages), saidText(second[place]?.messages ?? [])]
          if (expected === got) continue
          fail('a second connection with the same frames is read otherwise', { expected, got, frame: frame.content })
        }
      }
    },
  },
  {
    ...area,
    id: 'parser.a-new-connection-knows-nothing',
    title:
      'what an answer told on one connection is not known on the next: data before its answer is read as by a parser that is new',
    async run(lab) {
      for (const { makeSet, parser, frames } of await recordings(lab)) {
        const set = makeSet()
        const read = readAll(parserOf(set), frames)
        const [next, fresh] = [parserOf(set), parser()]
        for (const { frame } of read.filter(({ messages }) => messages.some(isData)).slice(0, 200)) {
          const [known, unknown] = [messagesOf(next, frame), messagesOf(fresh, frame)]
          if (unknown.some(isData) || !known.some(isData)) continue
          fail('data is read on a new connection by what an earlier connection was told', {
            expected: saidText(unknown),
            got: saidText(known),
            frame: frame.content,
          })
        }
      }
    },
  },
  {
    ...area,
    id: 'parser.connections-are-apart',
    needs: ['venue'],
    title: 'two connections at one time are read each by what itself has said, whatever the other one says',
    async run(lab) {
      const [one, other] = await twoConnections(lab)
      const set = lab.publicSet()
      plannedStreams(set, { channels: lab.publicChannels, candleIntervals: null }, lab)
      const fresh = (): MessageParser => {
        const own = lab.publicSet()
        plannedStreams(own, { channels: lab.publicChannels, candleIntervals: null }, lab)
        return parserOf(own)
      }
      const alone = { one: readAll(fresh(), one), other: readAll(fresh(), other) }
      const together = { one: parserOf(set), other: parserOf(set) }
      for (let place = 0; place < Math.max(alone.one.length, alone.other.length); place += 1) {
        for (const name of ['other', 'one'] as const) {
          const read = alone[name][place]
          if (read === undefined) continue
          const [expected, got] = [saidText(read.messages), saidText(messagesOf(together[name], read.frame))]
          if (expected === got) continue
          fail('a frame is read otherwise while a second connection is read', {
            expected,
            got,
            frame: read.frame.content,
          })
        }
      }
    },
  },
  {
    ...area,
    id: 'parser.one-connection-or-many',
    title: 'the same trades are told whether all markets are on one connection or each on its own',
    needs: ['venue', 'trades'],
    async run(lab) {
      const stage = lab.stage({ levels: 20 })
      const together = stage.manager(lab.publicSet())
      const apart = lab.instruments.map((instrument) => ({ instrument, ...stage.manager(lab.publicSet()) }))
      const channels = lab.publicChannels
      await stage.settled(
        Promise.all([
          together.manager.initialize({ symbols: lab.instruments, channels }),
          ...apart.map(({ manager, instrument }) => manager.initialize({ symbols: [instrument], channels })),
        ]),
        'initialize() of one manager and of one for each market should resolve',
      )
      const from = stage.clock.now()
      await move(stage)
      for (const { instrument, record } of apart) {
        const tradesOf = (of: typeof record): readonly string[] =>
          of
            .of(MessageType.Trades)
            .filter(({ symbol }) => symbol === instrument)
            .flatMap(({ data }) => data)
            .filter(({ time }) => (time ?? from) >= from)
            .map(({ id, price, size, side }) => `${id} ${price} ${size} ${side}`)
        expectEqual(
          tradesOf(record),
          tradesOf(together.record),
          `the trades of ${instrument.name} differ on a connection of its own`,
        )
      }
    },
  },
]

function isData(message: ParsedMessage): boolean {
  return dataChannelOf(message) !== null
}

/** Two connections to one exchange that ask for the same in opposite orders, so that whatever is counted on a connection differs. */
function twoConnections(lab: Lab): Promise<readonly [readonly RecordedFrame[], readonly RecordedFrame[]]> {
  return lab.once('two connections', async () => {
    const stage = lab.stage({ levels: 20 })
    const channels = lab.publicChannels
    const orders = [lab.instruments, [...lab.instruments].reverse()]
    for (const symbols of orders) {
      const { manager } = stage.manager(lab.publicSet())
      await stage.settled(
        manager.initialize({ symbols, channels: symbols === orders[0] ? channels : [...channels].reverse() }),
        'initialize() with every public channel should resolve',
      )
    }
    await move(stage)
    const [one, other] = stage.venue.sessions.map(({ frames }) => frames)
    await stage.close()
    return [one ?? [], other ?? []] as const
  })
}

async function move(stage: Stage): Promise<void> {
  for (let step = 0; step < 120; step += 1) {
    stage.market.step()
    await stage.pass(20)
  }
  await stage.pass(1_000)
}
