import { skip } from '../check-failure.js'
import { type AccountStory, accountStory } from './account-story.js'
import type { Lab } from './lab.js'
import { type MarketStory, marketStories, type Story } from './market-story.js'

/** The stories of the market, to be compared with it. Skips the check where the streams of one did not begin, which a check of its own tells. */
export async function wholeMarketStories(lab: Lab): Promise<readonly MarketStory[]> {
  const stories = await marketStories(lab)
  for (const story of stories) skipBroken(story)
  return stories
}

/** Likewise of the account; skips the check where there is none, too. */
export async function wholeAccountStory(lab: Lab): Promise<AccountStory> {
  const story = await accountStory(lab)
  if (story === null) skip(`${lab.definition.name} has no private channels.`)
  skipBroken(story)
  return story
}

function skipBroken({ failure, source }: Story): void {
  if (failure !== null) skip(`The streams of ${source} did not begin: payload.streams-begin says why.`)
}
