// What a fleet of relays needs, by arithmetic, and what was measured of it: `node tools/relay-model.mjs` prints the tables of docs/scaling-out.md.
// Measured is what benchmarks/results.json has, from the commands that are named where it has nothing.
import { readFileSync } from 'node:fs'

const inputs = {
  exchanges: 20,
  symbols: 1_000,
  channels: 5,
  machines: 10,
  streamsPerConnection: 100,
  messagesPerStreamAndSecond: 2,
  bytesPerMessage: 110,
  shares: 64,
  leaseMs: 5_000,
}

/** Writes to the table of shares for one that is handed over in order: offered, ready, let go of, taken. */
const writesPerHandOver = 4
const renewalsPerLease = 4
const looksPerLease = 20

const { exchanges, symbols, channels, machines, streamsPerConnection, shares, leaseMs } = inputs
const streams = exchanges * symbols * channels
const streamsPerMember = Math.ceil((symbols * channels) / machines)
const messages = streams * inputs.messagesPerStreamAndSecond
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const sharesPerMember = Math.ceil(shares / machines)

const rows = [
  ['streams', streams, 'exchanges × symbols × channels'],
  [
    'connections to exchanges',
    exchanges * machines * Math.ceil(streamsPerMember / streamsPerConnection),
    `${streamsPerConnection} streams each, by member and exchange`,
  ],
  ['connections of one machine', exchanges * Math.ceil(streamsPerMember / streamsPerConnection), 'a tenth of them'],
  ['messages a second, in all', messages, `${inputs.messagesPerStreamAndSecond} a stream`],
  ['messages a second, one machine', messages / machines, ''],
  ['MB a second into NATS', (messages * inputs.bytesPerMessage) / 1e6, `${inputs.bytesPerMessage} bytes a message`],
  [
    'KV writes a second, at rest',
    (exchanges * machines * renewalsPerLease * 1_000) / leaseMs,
    'one renewal by member and exchange each quarter of a lease',
  ],
  [
    'the same with a lease for each share',
    (exchanges * shares * renewalsPerLease * 1_000) / leaseMs,
    'what was not built',
  ],
  [
    'KV writes when a machine joins or leaves',
    exchanges * sharesPerMember * writesPerHandOver,
    `${sharesPerMember} shares of each exchange`,
  ],
  [
    'longest take-over after a death, ms',
    leaseMs + 250 + leaseMs / looksPerLease,
    'the lease, what NATS takes to forget (0.25 s), one look',
  ],
]

process.stdout.write('| | | |\n| --- | ---: | --- |\n')
for (const [name, value, how] of rows) process.stdout.write(`| ${name} | ${whole.format(value)} | ${how} |\n`)

// The same arithmetic for what relay-fleet and relay-group measure: one exchange, on one machine.
const measuredStreams = 200
const exchangeMessages = 2 * measuredStreams
const fleetCommand = 'npm run bench -- relay-fleet --seconds 2 --save'
const groupCommand = 'npm run bench -- relay-group --save'
const results = JSON.parse(readFileSync(new URL('../benchmarks/results.json', import.meta.url), 'utf8'))
const decimal = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 })

/** The median of a figure's runs; null where it was not measured. */
function measured(scenario, label, key) {
  const rows = results.find((result) => result.scenario === scenario)?.rows ?? []
  const samples = rows.find((row) => row.label.startsWith(label))?.samples[key] ?? []
  return samples.length === 0 ? null : [...samples].sort((a, b) => a - b)[samples.length >> 1]
}

function cell(scenario, label, key, command) {
  const value = measured(scenario, label, key)
  return value === null ? `not measured: \`${command}\`` : decimal.format(value)
}

process.stdout.write('\n| processes | | model | measured |\n| ---: | --- | ---: | ---: |\n')
for (const processes of [1, 2, 4]) {
  const label = `processes: ${processes}`
  const facts = [
    ['streams', measuredStreams, 'streams'],
    ['messages a second', exchangeMessages, 'rate'],
    ['MB a second into NATS', (exchangeMessages * inputs.bytesPerMessage) / 1e6, 'megabytes'],
    ['KV writes a second, at rest', (processes * renewalsPerLease * 1_000) / leaseMs, 'writes'],
    ['cores of all processes', null, 'cores'],
  ]
  for (const [name, model, key] of facts) {
    const expected = model === null ? 'none' : decimal.format(model)
    process.stdout.write(
      `| ${processes} | ${name} | ${expected} | ${cell('relay-fleet', label, key, fleetCommand)} |\n`,
    )
  }
}
const deathLeaseMs = 1_000
const longest = deathLeaseMs + 250 + deathLeaseMs / looksPerLease
process.stdout.write(
  `| 2 | longest take-over after a death, lease ${deathLeaseMs} ms, ms | ${decimal.format(longest)} | ${cell('relay-group', 'SIGKILL', 'most', groupCommand)} |\n`,
)
