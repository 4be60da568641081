/* The line between one page and the server, to be cut, or to swallow what the server says. */
import type { Page, WebSocketRoute } from '@playwright/test'

export class Cable {
  private broken = false
  private deaf = false
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
    socket.onMessage((message) => server.send(message))
    server.onMessage((message) => {
      if (!this.deaf) socket.send(message)
    })
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
