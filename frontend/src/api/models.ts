/* Names for what the server speaks of; the shapes come from openapi.json. */
import type { components } from '@/api/types'

type Schemas = components['schemas']

export type Clinic = Schemas['Clinic']
export type Consult = Schemas['Consult']
export type ConsultListItem = Schemas['ConsultListItem']
export type ConsultState = Schemas['ConsultState']
export type Doctor = Schemas['Doctor']
export type ErrorCode = Schemas['ErrorCode']
export type Locale = Schemas['Locale']
export type Me = Schemas['Me']
export type Message = Schemas['Message']
export type MessageReceipt = Schemas['MessageReceipt']
export type Participant = Schemas['Participant']
export type Role = Schemas['Role']
export type Session = Schemas['Session']
export type User = Schemas['User']
