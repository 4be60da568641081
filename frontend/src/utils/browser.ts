/* Which browser this is, as far as its help differs. */
export type PermissionHelp = 'chrome' | 'firefox' | 'safari' | 'ios' | 'android' | 'other'

const APPS: [RegExp, string][] = [
  [/MicroMessenger/i, 'WeChat'],
  [/\bQQ\//, 'QQ'],
  [/Weibo/i, 'Weibo'],
  [/DingTalk/i, 'DingTalk'],
  [/AlipayClient/i, 'Alipay'],
  [/\bLark\/|Feishu/i, 'Feishu'],
  [/BytedanceWebview|aweme/i, 'Douyin'],
  [/FBAN|FBAV/, 'Facebook'],
  [/Instagram/, 'Instagram'],
  [/\bLine\//, 'LINE'],
  [/; wv\)/, 'App'],
]

/* The app whose own window this is; cameras and microphones are unreliable there. */
export function inAppBrowser(agent: string): string | null {
  return APPS.find(([mark]) => mark.test(agent))?.[1] ?? null
}

export function permissionHelp(agent: string): PermissionHelp {
  if (/iPhone|iPad/.test(agent)) return 'ios'
  if (/Android/.test(agent)) return 'android'
  if (/Firefox\//.test(agent)) return 'firefox'
  if (/Chrome\/|Chromium\//.test(agent)) return 'chrome'
  return /Safari\//.test(agent) ? 'safari' : 'other'
}
