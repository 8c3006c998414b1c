import type { Options } from 'tsup'

/** The two commands, and one entry for each kind of process the first starts. What is measured are the built packages: nothing of them is bundled. */
const config: Options = {
  entry: {
    main: 'src/main.ts',
    peers: 'src/peers/main.ts',
    'sender-process': 'src/processes/sender-process.ts',
    'subject-process': 'src/processes/subject-process.ts',
    'format-process': 'src/processes/format-process.ts',
    'book-process': 'src/processes/book-process.ts',
    'book-memory-process': 'src/processes/book-memory-process.ts',
    'slice-process': 'src/processes/slice-process.ts',
    'venue-process': 'src/processes/venue-process.ts',
    'recovery-process': 'src/processes/recovery-process.ts',
    'redundancy-process': 'src/processes/redundancy-process.ts',
    'tape-process': 'src/processes/tape-process.ts',
    'encoding-process': 'src/processes/encoding-process.ts',
    'relay-publisher-process': 'src/processes/relay-publisher-process.ts',
    'relay-consumer-process': 'src/processes/relay-consumer-process.ts',
    'relay-member-process': 'src/processes/relay-member-process.ts',
  },
  format: 'esm',
  target: 'node20',
  platform: 'node',
  splitting: true,
  sourcemap: true,
  clean: true,
}

export default config
