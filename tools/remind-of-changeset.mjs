// Before a commit: says so where what users get is changed and no changeset is staged. A reminder, no more: not every change is one that they notice.
import { execFileSync } from 'node:child_process'

const staged = execFileSync('git', ['diff', '--cached', '--name-only'], { encoding: 'utf8' }).split('\n')
const isForUsers = (path) => /^packages\/[^/]+\/(src|bin|templates)\//.test(path) && !/\.test\.tsx?$/.test(path)
if (staged.some(isForUsers) && !staged.some((path) => path.startsWith('.changeset/'))) {
  process.stderr.write('No changeset is staged. If somebody who upgrades can notice this: npm run changeset\n')
}
