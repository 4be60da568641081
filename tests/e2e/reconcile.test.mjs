// reconcile.test.mjs - orders, ledger, outbox and the provider's books agree, whatever has happened to them.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Shop, at, build } from './payment.mjs'
import { sleep, until } from './server.mjs'

describe('reconcile', () => {
  let shop
  before(async () => { shop = await Shop.open() })
  after(() => shop?.server.stop())

  const agreed = () => until(async () => (await shop.reconcile()).status === 0, 'the books to agree')
  const sql = (...statements) => {
    const { status, stderr } = spawnSync('python3', ['-c', 'import sqlite3,sys; d=sqlite3.connect(sys.argv[1])\n' +
      'for s in sys.argv[2:]: d.execute(s)\nd.commit()', join(shop.server.data, 'consultd.db'), ...statements])
    assert.equal(status, 0, String(stderr))
  }

  test('after all that can happen the difference is zero', async () => {
    assert.deepEqual(await shop.reconcile(), { status: 0, text: '0 differences\n' })
    for (const action of ['pay', 'fail', 'twice', 'repeat']) await shop.pay((await shop.order()).id, action)
    const { id } = await shop.order(shop.patient2)
    await shop.pay(id, 'pay', { who: shop.patient2 })
    await shop.settled(id, 'paid', shop.patient2)
    await shop.ask('POST', `${at}/${id}/cancel`, { who: shop.doctor1, body: { reason: '停诊' } })
    await shop.settled(id, 'refunded', shop.patient2)
    await agreed()
  })

  test('killed again and again while money moves: the difference is zero in the end', async () => {
    for (let round = 0; round < 6; round++) {
      const who = round % 2 ? shop.patient1 : shop.patient2
      const { id } = await shop.order(who)
      const paying = shop.pay(id, ['pay', 'twice', 'repeat'][round % 3], { who }).catch(() => null)
      if (round > 1) await paying
      await sleep(round * 7)
      await shop.server.kill()
      await paying
      await shop.server.run()
    }
    await agreed()
  })

  test('a charge whose webhook is still to come is a difference until it is there', async () => {
    const { id } = await shop.order(shop.patient2)
    await shop.pay(id, 'pay', { who: shop.patient2, delaySeconds: 3 })
    const { status, text } = await shop.reconcile()
    assert.equal(status, 1)
    assert.match(text, /^charge-not-booked +chg_\w+ {2}0, not 5000$/m)
    assert.match(text, /^outbox-waiting +webhook evt_/m)
    assert.match(text, /^2 differences$/m)
    await agreed()
  })

  test('where there are no books it makes none', () => {
    const data = mkdtempSync(join(tmpdir(), 'consultd-e2e-'))
    const { status, stderr } = spawnSync(join(build, 'consultd'), ['reconcile', '--data', data], { encoding: 'utf8' })
    assert.deepEqual([status, readdirSync(data)], [1, []])
    assert.match(stderr, /no database/)
    rmSync(data, { recursive: true })
  })

  test('what somebody changed in the database is found', async () => {
    const { id } = await shop.order(shop.patient2)
    await shop.pay(id, 'pay', { who: shop.patient2 })
    const order = (await shop.settled(id, 'paid', shop.patient2)).id
    await agreed()
    sql('DROP TRIGGER payment_order_balance', `UPDATE payment_order SET balance_minor = 1 WHERE public_id = '${order}'`)
    const { status, text } = await shop.reconcile()
    assert.equal(status, 1)
    assert.match(text, new RegExp(`^ledger-balance +${order} {2}5000, not 1$`, 'm'))
    assert.match(text, new RegExp(`^order-state-paid +${order} {2}1, not 5000$`, 'm'))
    sql(`UPDATE payment_order SET balance_minor = 5000 WHERE public_id = '${order}'`, 'DELETE FROM sandbox_charge WHERE order_ref = \'' + order + '\'')
    assert.match((await shop.reconcile()).text, /^charge-not-at-provider +chg_/m)
  })
})
