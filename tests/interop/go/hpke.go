package main

// The operations of HPKE, shared by circl and the standard library.

type suite struct {
	Kem  uint16 `json:"kem"`
	Kdf  uint16 `json:"kdf"`
	Aead uint16 `json:"aead"`
}

type sealedText struct {
	Aad   hexBytes `json:"aad"`
	Text  hexBytes `json:"text"`
	Fails bool     `json:"fails"`
}

type export struct {
	Context hexBytes `json:"context"`
	Length  int      `json:"length"`
}

type hpkeArguments struct {
	suite
	Public       hexBytes     `json:"public"`
	Ikm          hexBytes     `json:"ikm"`
	Enc          hexBytes     `json:"enc"`
	Info         hexBytes     `json:"info"`
	Psk          hexBytes     `json:"psk"`
	PskID        hexBytes     `json:"psk_id"`
	SenderIkm    hexBytes     `json:"sender_ikm"`
	SenderPublic hexBytes     `json:"sender_public"`
	Messages     []sealedText `json:"messages"`
	Exports      []export     `json:"exports"`
}

// One context of either side. `process` seals or opens.
type hpkeContext struct {
	process func(aad, text []byte) ([]byte, error)
	export  func(context []byte, length int) ([]byte, error)
}

func (c hpkeContext) run(a hpkeArguments, result map[string]any) error {
	messages := []hexBytes{}
	for _, m := range a.Messages {
		out, err := c.process(m.Aad, m.Text)
		if err != nil && !m.Fails {
			return refuse(err)
		}
		messages = append(messages, out)
	}
	exports := []hexBytes{}
	for _, e := range a.Exports {
		out, err := c.export(e.Context, e.Length)
		if err != nil {
			return refuse(err)
		}
		exports = append(exports, out)
	}
	result["messages"] = messages
	result["exports"] = exports
	return nil
}

type keyArguments struct {
	Kem uint16   `json:"kem"`
	Ikm hexBytes `json:"ikm"`
}
