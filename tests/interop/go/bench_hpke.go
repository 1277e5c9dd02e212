package main

import (
	"crypto/hpke"
	"errors"
)

// One message of HPKE alone, for `./run bench --peers`: a context and one text.
type messageBench struct{ bench }

var messageWorks = []string{"seal_message", "open_message"}

var benchInfo = []byte("message/bhttp request")

func (b *messageBench) prepare(a benchArguments) (map[string]any, error) {
	b.clear()
	kem, kdf, aead, err := hpkeArguments{suite: a.suite}.stdlib()
	if err != nil {
		return nil, err
	}
	private, err := stdlibKey(kem, a.Ikm)
	if err != nil {
		return nil, err
	}
	public, text := private.PublicKey(), make([]byte, a.Length)
	message, err := hpke.Seal(public, kdf, aead, benchInfo, text)
	if err != nil {
		return nil, refuse(err)
	}
	switch a.Work {
	case "seal_message":
		b.run = func() error {
			_, err := hpke.Seal(public, kdf, aead, benchInfo, text)
			return err
		}
		return map[string]any{"held": 0}, nil
	case "open_message":
		b.run = func() error {
			_, err := hpke.Open(private, kdf, aead, benchInfo, message)
			return err
		}
		return map[string]any{"held": len(message)}, nil
	}
	return nil, errors.New("there is no such work")
}
