import { expect, test } from 'vitest'
import { inAppBrowser, permissionHelp } from '@/utils/browser'

const CHROME = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'
const SAFARI =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15'
const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:146.0) Gecko/20100101 Firefox/146.0'
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1'
const ANDROID =
  'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36'

test.each([CHROME, SAFARI, FIREFOX, IPHONE, ANDROID])('%s is a browser of its own', (agent) =>
  expect(inAppBrowser(agent)).toBeNull(),
)

test.each([
  [`${IPHONE} MicroMessenger/8.0.50 NetType/WIFI Language/zh_CN`, 'WeChat'],
  [`${ANDROID} QQ/9.0.0`, 'QQ'],
  [`${IPHONE} [FBAN/FBIOS;FBAV/480.0]`, 'Facebook'],
  [ANDROID.replace('Pixel 9)', 'Pixel 9; wv)'), 'App'],
])('%s is the window of an app', (agent, app) => expect(inAppBrowser(agent)).toBe(app))

test.each([
  [CHROME, 'chrome'],
  [SAFARI, 'safari'],
  [FIREFOX, 'firefox'],
  [IPHONE, 'ios'],
  [ANDROID, 'android'],
  ['curl/8', 'other'],
])('%s gets the help of %s', (agent, help) => expect(permissionHelp(agent)).toBe(help))
