// For the pages' tests, which are TypeScript.
export class Center {
  static start(clients: Record<string, { alg?: string, redirect?: string, logout?: string }>, port?: number): Promise<Center>
  settings(this: { port: number, issuer: string }, folder: string, more?: string[]): string
  down(): Promise<void>
}
