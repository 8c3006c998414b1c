import type { CommandLine } from '../command-line.js'

export async function soak(_commandLine: CommandLine): Promise<number> {
  return 0
}
