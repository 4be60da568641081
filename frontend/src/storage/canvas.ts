/* What was drawn and is not yet known to be stored by the server; outlives the page. */
import type { CanvasOp } from '@/api/models'
import { localKeys, localRead, localWrite } from '@/storage/local'

export interface WaitingOp {
  user: string
  consult: string
  /* In which order they were drawn. */
  at: number
  op: CanvasOp
}

const key = (user: string, id: string) => `canvas.${user}.${id}`

export function waitingOps(user: string): WaitingOp[] {
  return localKeys(`canvas.${user}.`)
    .flatMap((name) => {
      try {
        return [JSON.parse(localRead(name) ?? '') as WaitingOp]
      } catch {
        return []
      }
    })
    .sort((a, b) => a.at - b.at)
}

export function waitingPut(waiting: WaitingOp) {
  localWrite(key(waiting.user, waiting.op.id), JSON.stringify(waiting))
}

export function waitingDrop(user: string, id: string) {
  localWrite(key(user, id), null)
}
