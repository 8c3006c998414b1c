import { render } from 'preact'
import { liveAddress } from './link/address.js'
import { Page } from './page.js'
import { Dashboard } from './state/dashboard.js'
import { Settings } from './state/settings.js'

const room = document.getElementById('page')
if (room === null) throw new Error('The page has no room of its own.')
const dashboard = new Dashboard({ ...liveAddress(location), reload: () => location.reload() })
const settings = new Settings()
settings.start(document.documentElement)
render(<Page dashboard={dashboard} settings={settings} />, room)
dashboard.start()
