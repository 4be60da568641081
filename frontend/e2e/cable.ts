/* The line between one page and the server, to be cut, to swallow what the server says, or to be slow. */
import type { Page, WebSocketRoute } from '@playwright/test'

export class Cable {
  private broken = false
  private deaf = false
  private slow = 0
  private readonly sockets = new Set<WebSocketRoute>()

  /* Before the page is opened. */
  static async on(page: Page): Promise<Cable> {
    const cable = new Cable()
    await page.routeWebSocket(/\/socket\.io\//, (socket) => cable.carry(socket))
    await page.route(/\/(socket\.io|api)\//, (route) => (cable.broken ? route.abort() : route.continue()))
    return cable
  }

  private carry(socket: WebSocketRoute) {
    if (this.broken) return void socket.close()
    const server = socket.connectToServer()
    this.sockets.add(socket)
    socket.onMessage((message) => this.later(message, () => server.send(message)))
    server.onMessage((message) => {
      if (!this.deaf) this.later(message, () => socket.send(message))
    })
  }

  /* What is late is overtaken by what comes after it; only events and answers, the rest is the protocol's. */
  private later(message: string | Buffer, send: () => void) {
    const isLate = typeof message === 'string' && /^4[23]/.test(message) && Math.random() < this.slow
    if (!isLate) return send()
    setTimeout(() => {
      try {
        send()
      } catch {
        /* the line has gone meanwhile */
      }
    }, 50 + Math.random() * 450)
  }

  /* That part of the frames is late. */
  delay(part: number) {
    this.slow = part
  }

  async cut() {
    this.broken = true
    await Promise.all([...this.sockets].map((socket) => socket.close()))
    this.sockets.clear()
  }

  mend() {
    this.broken = false
  }

  /* What the page says still arrives; it hears nothing. */
  deafen(deaf: boolean) {
    this.deaf = deaf
  }
}
