// contract.mjs - openapi.json as a judge: every answer is held against its description.
import Ajv from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

export const document = JSON.parse(readFileSync(new URL('../../server/api/openapi.json', import.meta.url)))
const ajv = formats(new Ajv({ strict: false, allErrors: true }))
ajv.addSchema(document, 'openapi')

const pointer = (text) => text.replaceAll('~', '~0').replaceAll('/', '~1')
export const valid = (reference, value, what) => {
  const check = ajv.getSchema(`openapi#${reference}`) ?? ajv.compile({ $ref: `openapi#${reference}` })
  assert.ok(check(value), `${what}: ${ajv.errorsText(check.errors)}\n${JSON.stringify(value)}`)
}

// Finds the path of the document that matches, its answer of that status, and holds the body against it.
export const covered = new Set()
export function conforms(method, path, reply) {
  const bare = path.split('?')[0]
  const template = Object.keys(document.paths).find((p) => p === bare) ??
    Object.keys(document.paths).find((p) => new RegExp(`^${p.replaceAll(/\{[^}]+\}/g, '[^/]+').replaceAll('.', '\\.')}$`).test(bare))
  const operation = document.paths[template]?.[method.toLowerCase()]
  assert.ok(operation, `${method} ${path} is not described`)
  covered.add(`${method} ${template}`)
  let answer = operation.responses[reply.status]
  let at = `/paths/${pointer(template)}/${method.toLowerCase()}/responses/${reply.status}`
  assert.ok(answer, `${method} ${path}: ${reply.status} is not described\n${reply.text}`)
  if (answer.$ref) {
    at = answer.$ref.slice(1)
    answer = document.components.responses[at.split('/').at(-1)]
  }
  const [type] = Object.keys(answer.content ?? {})
  if (!type) return assert.equal(reply.text, '', `${method} ${path}: a body where none is described`)
  assert.equal(reply.headers.get('content-type')?.split(';')[0], type)
  valid(`${at}/content/${pointer(type)}/schema`, reply.body ?? reply.text, `${method} ${path} ${reply.status}`)
}

// A call that must be answered with `want`, as described.
export const caller = (server) => async (want, method, path, options) => {
  const reply = await server.call(method, path, options)
  assert.equal(reply.status, want, `${method} ${path}: ${reply.text}`)
  conforms(method, path, reply)
  return reply.body
}

// What is said live, by a schema of asyncapi.json.
const realtime = JSON.parse(readFileSync(new URL('../../server/api/asyncapi.json', import.meta.url)))
const both = formats(new Ajv({ strict: false, allErrors: true }))
both.addSchema(document, 'https://consultd.test/openapi.json')
both.addSchema(realtime, 'https://consultd.test/asyncapi.json')
export function live(schema, value, what) {
  const check = both.getSchema(`https://consultd.test/asyncapi.json#/components/schemas/${schema}`)
  assert.ok(check, `asyncapi.json has no ${schema}`)
  assert.ok(check(value), `${what}: ${both.errorsText(check.errors)}\n${JSON.stringify(value)}`)
}
