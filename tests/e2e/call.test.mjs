// call.test.mjs - calls over the wire: who rings, who is in, what is relayed to whom; and a consult that none of it moves.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { createHmac } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { caller, live } from './contract.mjs'
import { ask, clientId, next, Server, sleep, until } from './server.mjs'

const SECRET = 'a secret of the test alone'
const silent = (socket, event, deed) => {
  let heard = 0
  const count = () => { heard++ }
  socket.on(event, count)
  return Promise.resolve(deed()).then(() => { socket.off(event, count); assert.equal(heard, 0, `${event} was heard`) })
}

describe('a call', () => {
  let server, call, doctor, patient, his, hers, consult, version
  before(async () => {
    const file = join(tmpdir(), `consultd-turn-${process.pid}-${Date.now()}`)
    writeFileSync(file, `${SECRET}\n`, { mode: 0o600 })
    server = await Server.start(['--turn-url', 'turn:127.0.0.1:3478?transport=udp', '--turn-secret-file', file, '--stun-url', 'stun:127.0.0.1:3478',
      '--call-ring-s', '2', '--call-grace-s', '2', '--call-guests-max', '2', '--call-legs-max', '3', '--call-signals-max', '40'])
    call = caller(server)
    ;[doctor, patient] = [await server.login('doctor1'), await server.login('patient2')]
    ;[his, hers] = [await server.connect(doctor.token), await server.connect(patient.token)]
    const { body } = await server.call('POST', '/api/v1/consultations', { token: patient.token,
      body: { doctor: doctor.user.id, text: '能视频吗', clientId: clientId() } })
    consult = body.consult.id
    assert.ok((await ask(his, 'consult:accept', { consult })).ok)
    version = await state()
  })
  after(async () => { for (const socket of [his, hers]) socket?.close(); await server?.stop() })

  const state = () => server.call('GET', `/api/v1/consultations/${consult}`, { token: doctor.token }).then((r) => r.body.consult.state)
  const lines = async () => (await ask(hers, 'consult:join', { consult })).messages.filter((m) => m.kind === 'system').map((m) => m.text)
  const say = async (socket, event, body = {}) => {
    const answer = await ask(socket, event, { consult, ...body })
    assert.equal(answer.ok, true, `${event}: ${JSON.stringify(answer)}`)
    if (event === 'call:invite' || event === 'call:accept') live('CallJoined', answer, event)
    return answer
  }
  const log = () => call(200, 'GET', `/api/v1/consultations/${consult}/calls`, { token: doctor.token }).then((r) => r.items)

  test('rings, is answered, relays signals to one leg, and is hung up; the consult stays as it is', async () => {
    const rings = next(hers, 'call:invite')
    const mine = await say(his, 'call:invite', { media: 'video', device: 'desk' })
    const turn = mine.iceServers.find((s) => s.username)
    assert.equal(turn.username.split(':')[1], mine.leg)
    assert.equal(turn.credential, createHmac('sha1', SECRET).update(turn.username).digest('base64'))
    const rung = await rings
    live('CallInvited', rung, 'call:invite')
    assert.deepEqual([rung.call.id, rung.call.state, rung.from.id], [mine.call.id, 'ringing', doctor.user.id])
    const phone = await server.connect(patient.token)
    const [elsewhere, accepted] = [next(phone, 'call:answered-elsewhere'), next(his, 'call:accept')]
    const theirs = await say(hers, 'call:accept', { call: mine.call.id, device: 'phone-1' })
    live('CallElsewhere', await elsewhere, 'call:answered-elsewhere')
    live('CallChanged', await accepted, 'call:accept')
    assert.equal(theirs.call.state, 'connecting')

    const signal = { consult, call: mine.call.id, to: theirs.leg, from: mine.leg, description: { type: 'offer', sdp: 'v=0' } }
    await silent(phone, 'call:signal', async () => {
      const heard = next(hers, 'call:signal')
      his.emit('call:signal', signal)
      assert.deepEqual(await heard, signal)
    })
    await silent(hers, 'call:signal', async () => {         // no leg of theirs, too large, no such body, another's leg
      phone.emit('call:signal', signal)
      his.emit('call:signal', { ...signal, description: { type: 'offer', sdp: 'x'.repeat(65536) } })
      his.emit('call:signal', { ...signal, description: 'offer' })
      his.emit('call:signal', { ...signal, from: theirs.leg })
      await say(his, 'call:report', { call: mine.call.id, leg: mine.leg, state: 'connected', setupMs: 700, candidateType: 'relay', loss: 0.02, rttMs: 90 })
    })
    assert.equal((await log())[0].state, 'connected')
    await say(phone, 'call:leave', { call: mine.call.id })  // whoever hangs up on one device has hung up
    phone.close()
  })

  test('ends when one of two leaves; the log and the conversation have it', async () => {
    const one = (await log())[0]
    assert.equal(one.state, 'ended')
    const { setupMs, candidateType, loss, rttMs } = one.legs[0]
    assert.deepEqual([setupMs, candidateType, loss, rttMs], [700, 'relay', 0.02, 90])
    assert.equal(one.endReason, 'hangup')
    assert.ok(one.legs.every((leg) => leg.leftAt))
    assert.equal(await state(), version)
    assert.deepEqual((await lines()).slice(-2), ['call-started', 'call-ended'])
  })

  test('two who call each other at once are in one call', async () => {
    const [a, b] = await Promise.all([say(his, 'call:invite', { media: 'audio', device: 'd' }), say(hers, 'call:invite', { media: 'audio', device: 'p' })])
    assert.equal(a.call.id, b.call.id)
    assert.equal((await log())[0].state, 'connecting')
    const over = [next(hers, 'call:leave'), next(his, 'call:leave')]         // who hangs up hears that it is over, too
    await say(his, 'call:leave', { call: a.call.id })
    for (const told of over) assert.equal((await told).call.state, 'ended')
    assert.equal((await log()).filter((c) => c.state !== 'ended').length, 0)
  })

  test('declined, and not answered in time: a line, and of the second a notification', async () => {
    const first = await say(his, 'call:invite', { media: 'audio', device: 'd' })
    const declined = [next(his, 'call:decline'), next(hers, 'call:decline')]
    await say(hers, 'call:decline', { call: first.call.id })
    for (const told of declined) assert.equal((await told).call.endReason, 'declined')
    const [told, over] = [next(hers, 'notification:new', (n) => n.notification.kind === 'call-missed'), next(his, 'call:leave')]
    await say(his, 'call:invite', { media: 'audio', device: 'd' })
    assert.equal((await over).call.endReason, 'timeout')
    assert.equal((await told).notification.object, consult)
    assert.equal((await lines()).at(-1), 'call-missed')
    assert.equal(await state(), version)
  })

  test('a reload is another leg, a lost connection keeps its leg, a longer one ends it', async () => {
    const mine = await say(his, 'call:invite', { media: 'video', device: 'd' })
    const first = await say(hers, 'call:accept', { call: mine.call.id, device: 'p' })
    const tablet = await server.connect(patient.token)
    const moved = next(hers, 'call:answered-elsewhere')
    const second = await say(tablet, 'call:accept', { call: mine.call.id, device: 't' })
    assert.equal((await moved).reason, 'moved')
    assert.ok(second.call.legs.find((l) => l.id === first.leg).leftAt)
    tablet.io.engine.close()
    await next(tablet, 'connect')
    const again = await say(tablet, 'call:accept', { call: mine.call.id, device: 't', leg: second.leg })
    assert.equal(again.leg, second.leg)
    const heard = next(tablet, 'call:signal')
    his.emit('call:signal', { consult, call: mine.call.id, to: second.leg, from: mine.leg, candidate: null })
    await heard
    const over = next(his, 'call:leave')
    tablet.close()
    assert.deepEqual([(await over).call.state, (await log())[0].endReason], ['ended', 'failed'])
    assert.equal(await state(), version)
  })

  test('kill -9 in a call: both come back into it', async () => {
    const mine = await say(his, 'call:invite', { media: 'video', device: 'd' })
    const theirs = await say(hers, 'call:accept', { call: mine.call.id, device: 'p' })
    const back = [next(his, 'connect'), next(hers, 'connect')]
    await server.kill('SIGKILL')
    await server.run()
    await Promise.all(back)
    for (const [socket, device, leg] of [[his, 'd', mine.leg], [hers, 'p', theirs.leg]])
      assert.equal((await say(socket, 'call:accept', { call: mine.call.id, device, leg })).leg, leg)
    const heard = next(hers, 'call:signal')
    his.emit('call:signal', { consult, call: mine.call.id, to: theirs.leg, from: mine.leg, state: { muted: true } })
    await heard
    await sleep(2500)                                       // longer than the grace: nobody is thrown out
    assert.notEqual((await log())[0].state, 'ended')
    assert.equal(await state(), version)
    await say(his, 'call:leave', { call: mine.call.id })
  })

  test('a guest comes by a link once, is in the call, and sees nothing else', async () => {
    const guest = { name: '翻译', relation: 'interpreter' }
    const link = await call(201, 'POST', `/api/v1/consultations/${consult}/guests`, { token: doctor.token, body: guest })
    const more = await call(201, 'POST', `/api/v1/consultations/${consult}/guests`, { token: doctor.token, body: guest })
    await call(429, 'POST', `/api/v1/consultations/${consult}/guests`, { token: doctor.token, body: guest })
    const [, token] = link.url.split('#')
    const session = await call(200, 'POST', '/api/v1/auth/guest', { body: { token } })
    await call(401, 'POST', '/api/v1/auth/guest', { body: { token } })
    assert.equal(session.user.role, 'guest')
    const third = await server.connect(session.token)
    const rings = next(third, 'call:invite')
    const mine = await say(his, 'call:invite', { media: 'video', device: 'd' })
    await rings
    assert.equal((await say(third, 'call:accept', { device: 'g' })).call.state, 'ringing')     // he answers for nobody
    assert.equal((await say(hers, 'call:accept', { call: mine.call.id, device: 'p' })).call.state, 'connecting')
    const theirs = await say(third, 'call:accept', { device: 'g' })
    await call(200, 'POST', `/api/v1/consultations/${consult}/ice-servers`, { token: session.token })
    assert.equal(theirs.call.legs.filter((l) => !l.leftAt).length, 3)
    const fourth = await server.connect((await call(200, 'POST', '/api/v1/auth/guest', { body: { token: more.url.split('#')[1] } })).token)
    assert.equal((await ask(fourth, 'call:accept', { consult, device: 'h' })).error.why, 'full')
    fourth.close()
    await silent(third, 'message:new', () => ask(hers, 'message:send', { consult, clientId: clientId(), kind: 'text', text: '只给医生看' }))
    for (const event of ['consult:join', 'call:invite', 'message:read'])
      assert.equal((await ask(third, event, { consult })).error.code, 'not-found')
    for (const [want, path] of [[404, `/${consult}`], [404, `/${consult}/calls`], [403, '']])
      await call(want, 'GET', `/api/v1/consultations${path}`, { token: session.token })
    const cut = next(third, 'disconnect')
    const over = next(third, 'call:leave', (e) => e.call.state === 'ended')
    assert.ok((await ask(his, 'consult:finish', { consult })).ok)
    await Promise.all([over, cut])
    await call(401, 'GET', '/api/v1/me', { token: session.token })
    assert.equal((await ask(his, 'call:invite', { consult, media: 'audio', device: 'd' })).error.code, 'bad-transition')
    await call(409, 'POST', `/api/v1/consultations/${consult}/ice-servers`, { token: doctor.token })
    third.close()
  })

  test('who is in a call is busy for all others', async () => {
    const open = async (login, to) => {
      const who = await server.login(login)
      const { body } = await server.call('POST', '/api/v1/consultations', { token: who.token, body: { doctor: to.user.id, text: '你好', clientId: clientId() } })
      return [body.consult.id, await server.connect(who.token), who]
    }
    const [[one, first], [two, second, other]] = [await open('patient2', doctor), await open('patient1', doctor)]
    const mine = await ask(first, 'call:invite', { consult: one, media: 'audio', device: 'a' })
    const theirs = await ask(his, 'call:accept', { consult: one, call: mine.call.id, device: 'd' })
    const busy = await ask(second, 'call:invite', { consult: two, media: 'audio', device: 'b' })
    live('CallJoined', busy, 'call:invite')
    assert.deepEqual([busy.call.state, busy.call.endReason, busy.leg], ['ended', 'busy', undefined])
    const refused = await ask(his, 'call:invite', { consult: two, media: 'audio', device: 'd' })
    assert.deepEqual([refused.error.code, refused.error.why], ['conflict', 'in-call'])
    const check = await call(200, 'POST', `/api/v1/consultations/${two}/ice-servers`, { token: other.token })
    assert.equal(check.iceServers.length, 2)

    let heard = 0                                           // of a hundred at once, what a socket may say
    first.on('call:signal', () => { heard++ })
    const signal = { consult: one, call: mine.call.id, to: mine.leg, from: theirs.leg, candidate: null }
    for (let i = 0; i < 100; i++) his.emit('call:signal', signal)
    await ask(his, 'call:report', { consult: one, call: mine.call.id, leg: theirs.leg, state: 'connected' })
    await ask(first, 'call:report', { consult: one, call: mine.call.id, leg: mine.leg, state: 'connected' })
    assert.ok(heard >= 40 && heard < 100, `${heard} of 100`)
    let join = { ok: true }                                 // and thirty joins in a minute
    for (let i = 0; i <= 30 && join.ok; i++) join = await ask(first, 'call:accept', { consult: one, device: 'a' })
    assert.equal(join.error?.code, 'rate-limited')
    for (const socket of [first, second]) socket.close()
    await until(async () => (await ask(his, 'call:leave', { consult: one, call: mine.call.id })).ok, 'the end')
  })
})
