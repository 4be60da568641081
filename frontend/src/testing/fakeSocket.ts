/* Stands in for the official client: what the page says is written down, what the server would say is said by the
   spec. Only what realtime/socket.ts and the stores use. */
type Handler = (...args: unknown[]) => void
type Answer = (body: never) => object | Promise<object>

export class FakeSocket {
  connected = false
  active = false
  readonly said: [event: string, body: unknown][] = []
  private readonly handlers = new Map<string, Handler>()
  private readonly answers = new Map<string, Answer>()
  private waiting: ((error: Error) => void)[] = []

  get volatile() {
    return this
  }

  on(event: string, handler: Handler) {
    this.handlers.set(event, handler)
    return this
  }

  connect() {
    this.active = true
    return this
  }

  disconnect() {
    this.active = false
    this.connected = false
    return this
  }

  timeout() {
    return this
  }

  emit(event: string, body: unknown) {
    this.said.push([event, body])
  }

  emitWithAck(event: string, body: unknown): Promise<object> {
    this.said.push([event, body])
    const answer = this.answers.get(event)
    return new Promise((resolve, reject) => {
      if (!answer) return void this.waiting.push(reject)
      void Promise.resolve(answer(body as never)).then(resolve)
    })
  }

  /* From here on: what a spec does with the server's hand. */

  answer(event: string, answer: Answer) {
    this.answers.set(event, answer)
  }

  /* The question gets no answer; the connection's end will tell. */
  ignore(event: string) {
    this.answers.delete(event)
  }

  says(event: string, ...args: unknown[]) {
    this.handlers.get(event)?.(...args)
  }

  opens() {
    this.connected = true
    this.active = true
    this.says('connect')
  }

  breaks() {
    this.connected = false
    this.says('disconnect', 'transport close')
    for (const reject of this.waiting.splice(0)) reject(new Error('socket has been disconnected'))
  }

  refuses(code: string) {
    this.active = false
    this.says('connect_error', Object.assign(new Error(code), { data: { code } }))
  }

  asked(event: string): unknown[] {
    return this.said.filter(([said]) => said === event).map(([, body]) => body)
  }

  reset() {
    this.connected = false
    this.active = false
    this.said.length = 0
    this.answers.clear()
    this.handlers.clear()
    this.waiting = []
  }
}

export const fakeSocket = new FakeSocket()

export function io() {
  return fakeSocket
}
