// What a fleet of relays needs, by arithmetic: `node tools/relay-model.mjs` prints the table of docs/scaling-out.md.
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
