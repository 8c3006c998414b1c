import { buildPage } from '../build-page.js'

// `npm run build:page`: the folder is the one argument.
const [folder] = process.argv.slice(2)
if (folder === undefined) throw new TypeError('Say into which folder the page is built.')
await buildPage(folder)
