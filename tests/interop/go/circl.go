package main

import (
	"crypto/rand"
	"fmt"

	"github.com/cloudflare/circl/hpke"
	"github.com/cloudflare/circl/kem"
)

func circlPeer() peer {
	return peer{
		hello: map[string]any{
			"name":    "go-circl",
			"package": "github.com/cloudflare/circl",
			"version": moduleVersion("github.com/cloudflare/circl"),
			"hpke": map[string]any{
				"kems":  []int{0x10, 0x11, 0x12, 0x20, 0x21, 0x647a},
				"kdfs":  []int{1, 2, 3},
				"aeads": []int{1, 2, 3},
				"modes": []string{"base", "psk", "auth", "auth_psk"},
			},
		},
		operations: map[string]operation{
			"public_key": op(circlPublicKey),
			"hpke_seal":  op(circlSeal),
			"hpke_open":  op(circlOpen),
		},
	}
}

func circlKeyPair(id uint16, ikm []byte) (kem.PublicKey, kem.PrivateKey, error) {
	k := hpke.KEM(id)
	if !k.IsValid() || len(ikm) != k.Scheme().SeedSize() {
		return nil, nil, fmt.Errorf("no key of KEM %#x from %d bytes", id, len(ikm))
	}
	if k == hpke.KEM_XWING { // whose key is its seed
		private, err := k.Scheme().UnmarshalBinaryPrivateKey(ikm)
		if err != nil {
			return nil, nil, err
		}
		return private.Public(), private, nil
	}
	public, private := k.Scheme().DeriveKeyPair(ikm)
	return public, private, nil
}

func circlPublicKey(a keyArguments) (map[string]any, error) {
	public, _, err := circlKeyPair(a.Kem, a.Ikm)
	if err != nil {
		return nil, err
	}
	bytes, err := public.MarshalBinary()
	return map[string]any{"public": hexBytes(bytes)}, err
}

func (s suite) circl() (hpke.Suite, error) {
	k, d, a := hpke.KEM(s.Kem), hpke.KDF(s.Kdf), hpke.AEAD(s.Aead)
	if !k.IsValid() || !d.IsValid() || !a.IsValid() {
		return hpke.Suite{}, fmt.Errorf("unknown suite %+v", s)
	}
	return hpke.NewSuite(k, d, a), nil
}

func circlSeal(a hpkeArguments) (map[string]any, error) {
	s, err := a.suite.circl()
	if err != nil {
		return nil, err
	}
	public, err := hpke.KEM(a.Kem).Scheme().UnmarshalBinaryPublicKey(a.Public)
	if err != nil {
		return nil, refuse(err)
	}
	sender, err := s.NewSender(public, a.Info)
	if err != nil {
		return nil, refuse(err)
	}
	var key kem.PrivateKey
	if len(a.SenderIkm) != 0 {
		if _, key, err = circlKeyPair(a.Kem, a.SenderIkm); err != nil {
			return nil, err
		}
	}
	var enc []byte
	var sealer hpke.Sealer
	switch {
	case key == nil && len(a.Psk) == 0:
		enc, sealer, err = sender.Setup(rand.Reader)
	case key == nil:
		enc, sealer, err = sender.SetupPSK(rand.Reader, a.Psk, a.PskID)
	case len(a.Psk) == 0:
		enc, sealer, err = sender.SetupAuth(rand.Reader, key)
	default:
		enc, sealer, err = sender.SetupAuthPSK(rand.Reader, key, a.Psk, a.PskID)
	}
	if err != nil {
		return nil, refuse(err)
	}
	result := map[string]any{"enc": hexBytes(enc)}
	return result, hpkeContext{
		func(aad, text []byte) ([]byte, error) { return sealer.Seal(text, aad) },
		func(context []byte, length int) ([]byte, error) {
			return sealer.Export(context, uint(length)), nil
		},
	}.run(a, result)
}

func circlOpen(a hpkeArguments) (map[string]any, error) {
	s, err := a.suite.circl()
	if err != nil {
		return nil, err
	}
	_, private, err := circlKeyPair(a.Kem, a.Ikm)
	if err != nil {
		return nil, err
	}
	receiver, err := s.NewReceiver(private, a.Info)
	if err != nil {
		return nil, refuse(err)
	}
	var sender kem.PublicKey
	if len(a.SenderPublic) != 0 {
		sender, err = hpke.KEM(a.Kem).Scheme().UnmarshalBinaryPublicKey(a.SenderPublic)
		if err != nil {
			return nil, refuse(err)
		}
	}
	var opener hpke.Opener
	switch {
	case sender == nil && len(a.Psk) == 0:
		opener, err = receiver.Setup(a.Enc)
	case sender == nil:
		opener, err = receiver.SetupPSK(a.Enc, a.Psk, a.PskID)
	case len(a.Psk) == 0:
		opener, err = receiver.SetupAuth(a.Enc, sender)
	default:
		opener, err = receiver.SetupAuthPSK(a.Enc, a.Psk, a.PskID, sender)
	}
	if err != nil {
		return nil, refuse(err)
	}
	result := map[string]any{}
	return result, hpkeContext{
		func(aad, text []byte) ([]byte, error) { return opener.Open(text, aad) },
		func(context []byte, length int) ([]byte, error) {
			return opener.Export(context, uint(length)), nil
		},
	}.run(a, result)
}
