/* Names for what the server speaks of; the shapes come from openapi.json. */
import type { components } from '@/api/types'

type Schemas = components['schemas']

export type Access = Schemas['Access']
export type Appointment = Schemas['Appointment']
export type AppointmentChange = Schemas['AppointmentChange']
export type AppointmentStatus = Schemas['AppointmentStatus']
export type Board = Schemas['Board']
export type BoardItem = Schemas['BoardItem']
export type Call = Schemas['Call']
export type CallLeg = Schemas['CallLeg']
/* Of consult:transfer; without a transfer it tells what became of it. */
export interface TransferChange {
  consult: string
  transfer: Transfer | null
  outcome?: 'accepted' | 'declined' | 'withdrawn' | 'lapsed'
  reason?: string
}

export type CallMedia = Call['media']
export type CallUser = Schemas['User']
export type Cancellation = Schemas['Cancellation']
export type Form = Schemas['Form']
export type FormQuestion = Schemas['FormQuestion']
export type NewForm = Schemas['NewForm']
export type NewAnswers = Schemas['NewAnswers']
export type Answers = NewAnswers['answers']
export type VisitForm = Schemas['VisitForm']
export type Card = Schemas['Card']
export type CardOf<Type extends Card['type']> = Extract<Card, { type: Type }>
export type Clinic = Schemas['Clinic']
export type Consent = Schemas['Consent']
export type ConsentDocument = Schemas['ConsentDocument']
export type Consult = Schemas['Consult']
export type ConsultListItem = Schemas['ConsultListItem']
export type ConsultState = Schemas['ConsultState']
export type Department = Schemas['Department']
export type Diagnosis = Schemas['Diagnosis']
export type Doctor = Schemas['Doctor']
export type DoctorProfile = Schemas['DoctorProfile']
export type ErrorCode = Schemas['ErrorCode']
export type FamilyMember = Schemas['FamilyMember']
export type FollowUp = NonNullable<Schemas['FollowUp']>
export type FoundPatient = Schemas['FoundPatient']
export type GlassEvent = Schemas['GlassEvent']
export type GuestLink = Schemas['GuestLink']
export type GuestSession = Schemas['GuestSession']
export type Health = Schemas['PatientHealth']
export type IcdCode = Schemas['IcdCode']
export type IceServers = Schemas['IceServers']
export type KeptDepartment = Schemas['KeptDepartment']
export type Drug = Schemas['Drug']
export type KeptService = Schemas['KeptService']
export type CanvasOp = Schemas['CanvasOp']
export type CanvasState = Schemas['Canvas']
export type Leave = Schemas['Leave']
export type LeaveChoice = Schemas['LeaveChoice']
export type LeavePreviewItem = Schemas['LeavePreviewItem']
export type LeaveTaken = Schemas['LeaveTaken']
export type Locale = Schemas['Locale']
export type LoginMethods = Schemas['LoginMethods']
export type Me = Schemas['Me']
export type FileAbout = Schemas['File']
export type Message = Schemas['Message']
export type MessageReceipt = Schemas['MessageReceipt']
export type Money = Schemas['Money']
export type NewFamilyMember = Schemas['NewFamilyMember']
export type NewGuest = Schemas['NewGuest']
export type NewPolicy = Schemas['NewPolicy']
export type NewService = Schemas['NewService']
export type Notification = Schemas['Notification']
export type Participant = Schemas['Participant']
export type Payment = Schemas['Payment']
export type PaymentRow = Schemas['PaymentRow']
export type Policy = Schemas['Policy']
export type Prescription = Schemas['Prescription']
export type PrescriptionCheck = Schemas['PrescriptionCheck']
export type PrescriptionState = Schemas['PrescriptionState']
export type Queue = Schemas['QueueAnswer']
export type Recalled = Schemas['Recalled']
export type RecordDraft = Schemas['Record']
export type Result = Schemas['Result']
export type Role = Schemas['Role']
export type RxItem = Schemas['RxItem']
export type NewScheduleException = Schemas['NewException']
export type NewScheduleRule = Schemas['NewRule']
export type ScheduleException = Schemas['Exception']
export type ScheduleRule = Schemas['Rule']
export type Service = Schemas['Service']
export type Session = Schemas['Session']
export type SearchHit = Schemas['SearchHit']
export type Slot = Schemas['Slot']
export type SlotWhy = Schemas['SlotWhy']
export type TimelineItem = Schemas['TimelineItem']
export type Transfer = Schemas['Transfer']
export type User = Schemas['User']

/* What a doctor has not finished yet. */
export type RxDraftItem = Pick<RxItem, 'drug'> & Partial<RxItem>

/* What speaks against a record or a prescription. */
export interface RxCheck {
  code: string
  level: 'error' | 'warning'
  item?: number
  why?: string
}

/* Of queue:changed: to the one who waits his place; to the board only that it is another. */
export type QueueChange = Schemas['QueuePlace'] | { doctor: string }

/* A leg is good for one page; without one the call was busy and is over. */
export type CallJoined = IceServers & { call: Call; leg?: string }

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

/* What a doctor writes; the items of a prescription may be unfinished. */
export type RecordBody = Omit<Schemas['NewRecord'], 'diagnoses' | 'prescription' | 'followUp'> & {
  note: Schemas['DoctorNote']
  followUp: FollowUp | null
  diagnoses: Diagnosis[]
  prescription: { items: RxDraftItem[] }
}
