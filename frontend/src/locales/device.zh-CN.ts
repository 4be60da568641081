/* How this device calls for attention. */
export default {
  device: {
    title: '本设备',
    lead: '提示音与通知，只保存在本设备上。',
    sounds: '新消息提示音',
    hear: '试听',
    notifies: '页面在后台时弹出通知',
    notifiesHint: '通知只说有新消息，不显示内容。',
    test: '测试通知',
    denied: '浏览器不允许本页弹出通知。请在地址栏旁允许通知，然后刷新页面。',
    none: '此浏览器不支持网页通知。',
    notice: {
      message: '您有新消息',
      call: '有人呼叫您',
      test: '通知就是这个样子',
    },
  },
}
