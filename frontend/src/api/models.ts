/* Names for what the server speaks of; the shapes come from openapi.json. */
import type { components } from '@/api/types'

type Schemas = components['schemas']

export type Appointment = Schemas['Appointment']
export type AppointmentChange = Schemas['AppointmentChange']
export type AppointmentStatus = Schemas['AppointmentStatus']
export type BoardItem = Schemas['BoardItem']
export type Cancellation = Schemas['Cancellation']
export type Clinic = Schemas['Clinic']
export type ConsentDocument = Schemas['ConsentDocument']
export type Consult = Schemas['Consult']
export type ConsultListItem = Schemas['ConsultListItem']
export type ConsultState = Schemas['ConsultState']
export type Department = Schemas['Department']
export type Doctor = Schemas['Doctor']
export type DoctorProfile = Schemas['DoctorProfile']
export type ErrorCode = Schemas['ErrorCode']
export type FamilyMember = Schemas['FamilyMember']
export type KeptDepartment = Schemas['KeptDepartment']
export type KeptService = Schemas['KeptService']
export type Leave = Schemas['Leave']
export type LeaveChoice = Schemas['LeaveChoice']
export type LeavePreviewItem = Schemas['LeavePreviewItem']
export type LeaveTaken = Schemas['LeaveTaken']
export type Locale = Schemas['Locale']
export type Me = Schemas['Me']
export type FileAbout = Schemas['File']
export type Message = Schemas['Message']
export type MessageReceipt = Schemas['MessageReceipt']
export type Money = Schemas['Money']
export type NewFamilyMember = Schemas['NewFamilyMember']
export type NewPolicy = Schemas['NewPolicy']
export type NewService = Schemas['NewService']
export type Notification = Schemas['Notification']
export type Participant = Schemas['Participant']
export type Payment = Schemas['Payment']
export type Policy = Schemas['Policy']
export type Queue = Schemas['QueueAnswer']
export type Role = Schemas['Role']
export type NewScheduleException = Schemas['NewException']
export type NewScheduleRule = Schemas['NewRule']
export type ScheduleException = Schemas['Exception']
export type ScheduleRule = Schemas['Rule']
export type Service = Schemas['Service']
export type Session = Schemas['Session']
export type Slot = Schemas['Slot']
export type SlotWhy = Schemas['SlotWhy']
export type User = Schemas['User']

/* Of queue:changed: to the one who waits his place; to the board only that it is another. */
export type QueueChange = Schemas['QueuePlace'] | { doctor: string }

export type CallMedia = 'audio' | 'video'

export interface CallUser {
  id: string
  name: string
  role: Role
}

export interface CallLeg {
  id: string
  user: CallUser
  joinedAt: string
  leftAt?: string
}

export interface Call {
  id: string
  consult: string
  state: 'ringing' | 'connecting' | 'connected' | 'reconnecting' | 'ended'
  media: CallMedia
  by: string
  startedAt: string
  connectedAt?: string
  endedAt?: string
  endReason?: 'hangup' | 'timeout' | 'declined' | 'busy' | 'failed'
  legs: CallLeg[]
}

export interface IceServers {
  iceServers: { urls: string | string[]; username?: string; credential?: string }[]
  expiresAt: string
}

export interface CallJoined extends IceServers {
  call: Call
  leg: string
}

/* What one page says to another about itself. */
export interface CallSelf {
  /* Another one after a reload: nothing that was agreed before holds. */
  page: string
  hello?: 'ask' | 'answer'
  mic: boolean
  cam: boolean
  screen: boolean
  paused: boolean
}

export interface CallSignal {
  consult: string
  call: string
  from: string
  to: string
  description?: RTCSessionDescriptionInit
  candidate?: RTCIceCandidateInit
  state?: CallSelf
}
