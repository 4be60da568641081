/* The form before a visit. */
export default {
  form: {
    title: '诊前问卷',
    lead: '回答会随填随存，只有医生能看到。',
    alarm: '您的回答提示可能有急症，请不要等到预约时间。',
    flag: '危险信号：',
    complete: '已填完，就诊前仍可修改。',
    draft: '已保存，带 * 的题目还没有填完。',
    yes: '是',
    no: '否',
  },
}
