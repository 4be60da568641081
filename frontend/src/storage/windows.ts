/* One window of this browser tells the others. */
const NAME = 'consultd'

let channel: BroadcastChannel | null = null

function theChannel() {
  if (typeof BroadcastChannel === 'undefined') return null
  channel ??= new BroadcastChannel(NAME)
  return channel
}

export function tellWindows(topic: string, body: unknown) {
  theChannel()?.postMessage({ topic, body })
}

export function hearWindows<T>(topic: string, heard: (body: T) => void) {
  theChannel()?.addEventListener('message', ({ data }: MessageEvent<{ topic: string; body: T }>) => {
    if (data.topic === topic) heard(data.body)
  })
}
