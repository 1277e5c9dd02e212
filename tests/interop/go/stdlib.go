package main

import (
	"crypto/hpke"
	"errors"
	"runtime"
)

func stdlibPeer() peer {
	b := &messageBench{}
	return peer{
		hello: map[string]any{
			"name":    "go-stdlib",
			"package": "crypto/hpke",
			"version": runtime.Version(),
			"hpke": map[string]any{
				"kems":  []int{0x10, 0x11, 0x12, 0x20, 0x41, 0x42, 0x50, 0x51, 0x647a},
				"kdfs":  []int{1, 2, 3, 0x10, 0x11},
				"aeads": []int{1, 2, 3, 0xffff},
				"modes": []string{"base"},
			},
			"bench": messageWorks,
		},
		operations: map[string]operation{
			"public_key":    op(stdlibPublicKey),
			"hpke_seal":     op(stdlibSeal),
			"hpke_open":     op(stdlibOpen),
			"bench_prepare": op(b.prepare),
			"bench_run":     op(b.repeat),
		},
	}
}

// A post-quantum key is its seed.
func stdlibKey(kem hpke.KEM, ikm []byte) (hpke.PrivateKey, error) {
	if kem.ID() >= 0x40 {
		return kem.NewPrivateKey(ikm)
	}
	return kem.DeriveKeyPair(ikm)
}

func stdlibPublicKey(a keyArguments) (map[string]any, error) {
	kem, err := hpke.NewKEM(a.Kem)
	if err != nil {
		return nil, err
	}
	private, err := stdlibKey(kem, a.Ikm)
	if err != nil {
		return nil, refuse(err)
	}
	return map[string]any{"public": hexBytes(private.PublicKey().Bytes())}, nil
}

func (a hpkeArguments) stdlib() (hpke.KEM, hpke.KDF, hpke.AEAD, error) {
	if len(a.Psk) != 0 || len(a.SenderIkm) != 0 || len(a.SenderPublic) != 0 {
		return nil, nil, nil, errors.New("crypto/hpke offers the mode base alone")
	}
	kem, err := hpke.NewKEM(a.Kem)
	if err != nil {
		return nil, nil, nil, err
	}
	kdf, err := hpke.NewKDF(a.Kdf)
	if err != nil {
		return nil, nil, nil, err
	}
	aead, err := hpke.NewAEAD(a.Aead)
	return kem, kdf, aead, err
}

func stdlibSeal(a hpkeArguments) (map[string]any, error) {
	kem, kdf, aead, err := a.stdlib()
	if err != nil {
		return nil, err
	}
	public, err := kem.NewPublicKey(a.Public)
	if err != nil {
		return nil, refuse(err)
	}
	enc, sender, err := hpke.NewSender(public, kdf, aead, a.Info)
	if err != nil {
		return nil, refuse(err)
	}
	result := map[string]any{"enc": hexBytes(enc)}
	return result, hpkeContext{sender.Seal, func(context []byte, length int) ([]byte, error) {
		return sender.Export(string(context), length)
	}}.run(a, result)
}

func stdlibOpen(a hpkeArguments) (map[string]any, error) {
	kem, kdf, aead, err := a.stdlib()
	if err != nil {
		return nil, err
	}
	private, err := stdlibKey(kem, a.Ikm)
	if err != nil {
		return nil, err
	}
	recipient, err := hpke.NewRecipient(a.Enc, private, kdf, aead, a.Info)
	if err != nil {
		return nil, refuse(err)
	}
	result := map[string]any{}
	return result, hpkeContext{recipient.Open, func(context []byte, length int) ([]byte, error) {
		return recipient.Export(string(context), length)
	}}.run(a, result)
}
