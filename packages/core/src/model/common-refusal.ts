import type { Acknowledgement, CommonRefusal } from './message.js'

/** Why an answer refuses what it does not name, be it all of that or one; null where it does not. */
export function commonRefusalOf({ others }: Pick<Acknowledgement, 'others'>): CommonRefusal | null {
  if (typeof others === 'string') return null
  return 'split' in others ? others.split : others
}
