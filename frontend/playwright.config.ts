import { defineConfig } from '@playwright/test'

/* These wait for networks and clocks more than they compute: they may run beside the others. */
const WAITING = ['call.spec.ts', 'late.spec.ts', 'link.spec.ts', 'restart.spec.ts']

export default defineConfig({
  testDir: 'e2e',
  timeout: 60_000,
  expect: { timeout: 10_000 },
  workers: 1,
  forbidOnly: Boolean(process.env['CI']),
  reporter: process.env['CI'] ? [['list']] : [['list'], ['html', { open: 'never' }]],
  use: {
    browserName: 'chromium',
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    viewport: { width: 1280, height: 800 },
    contextOptions: { reducedMotion: 'reduce' },
    screenshot: 'only-on-failure',
    // A trace of every page costs half of the time: ask for it with --trace on.
    trace: 'off',
    launchOptions: {
      // Chromium without the window around the page: the same engine, and 40 % less time of the processor.
      executablePath: process.env['CHROMIUM'] ?? '/usr/lib/chromium/chromium-headless-shell',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream',
        '--allow-loopback-in-peer-connection',
        '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost',
      ],
    },
  },
  projects: [
    { name: 'e2e', testIgnore: ['screenshots.spec.ts', ...WAITING] },
    { name: 'waiting', testMatch: WAITING },
    { name: 'screenshots', testMatch: 'screenshots.spec.ts' },
  ],
})
