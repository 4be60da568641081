// certificate.mjs - what a server needs to speak TLS, made on the spot by the openssl program.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// A key and a certificate signed by itself, in a folder of their own; again into the same files with `at`.
export function makeCertificate(name = 'localhost', at = mkdtempSync(join(tmpdir(), 'consultd-tls-'))) {
  const files = { folder: at, certificate: join(at, 'cert.pem'), key: join(at, 'key.pem') }
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30',
    '-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1',
    '-keyout', files.key, '-out', files.certificate], { stdio: 'pipe' })
  return { ...files, pem: readFileSync(files.certificate) }
}
