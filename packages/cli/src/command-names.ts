/** Every command, in the order of the help. */
export const commandNames: readonly string[] = ['demo', 'stream', 'replay', 'decode', 'doctor']
