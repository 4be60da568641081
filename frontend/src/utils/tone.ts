/* A tone that comes and goes without a click; made here, so that nothing has to be loaded when it sounds. */
const [RISE_S, LOUD] = [0.03, 0.2]

export function tone(context: AudioContext, hertz: number, afterS: number, lengthS: number) {
  const [source, gain] = [context.createOscillator(), context.createGain()]
  const at = context.currentTime + afterS
  source.frequency.value = hertz
  gain.gain.setValueAtTime(0, at)
  gain.gain.linearRampToValueAtTime(LOUD, at + RISE_S)
  gain.gain.linearRampToValueAtTime(0, at + lengthS)
  source.connect(gain).connect(context.destination)
  source.start(at)
  source.stop(at + lengthS)
}
