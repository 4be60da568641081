/* What the workspace of a doctor and the result of a patient say. */
export default {
  frame: {
    tabs: '问诊内容',
    patient: '患者',
    chat: '聊天',
    note: '病历',
    diagnosis: '诊断',
    prescription: '处方',
    new: '条新消息',
  },
}
