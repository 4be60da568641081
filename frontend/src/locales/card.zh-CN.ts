/* What cards of a conversation are called. */
export default {
  card: {
    said: { form: '诊前问卷', board: '画板图片', refer: '转线下就诊的建议', prescription: '处方', result: '问诊结果' },
  },
}
