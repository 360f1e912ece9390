import { sessionKeySignature } from '../../src/wx/session-key-signature'

test('the HMAC is of nothing, and its key is the base64 text and not its bytes', () => {
  expect(sessionKeySignature('tiihtNczf5v6AKRyjwEUhQ==')).toEqual({
    signature: '7154f9f8b4b76b92f541cbf0e37d48840fa06e5e42da92a6f80168a1516a4735',
    sig_method: 'hmac_sha256',
  })
})
