import type { Options } from 'tsup'

/** The command, and one entry for each kind of process it starts. What is measured are the built packages: nothing of them is bundled. */
const config: Options = {
  entry: {
    main: 'src/main.ts',
    'sender-process': 'src/processes/sender-process.ts',
    'subject-process': 'src/processes/subject-process.ts',
    'format-process': 'src/processes/format-process.ts',
    'book-process': 'src/processes/book-process.ts',
    'book-memory-process': 'src/processes/book-memory-process.ts',
  },
  format: 'esm',
  target: 'node20',
  platform: 'node',
  splitting: true,
  sourcemap: true,
  clean: true,
}

export default config
