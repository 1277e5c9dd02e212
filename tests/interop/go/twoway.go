package main

import (
	"crypto/rand"
	"fmt"
	"io"

	"github.com/cloudflare/circl/hpke"
	"github.com/openpcc/twoway"
)

func twowayPeer() peer {
	offered := map[string]any{
		"kems":        []int{0x10, 0x11, 0x12, 0x20, 0x21, 0x647a},
		"kdfs":        []int{1, 2, 3},
		"aeads":       []int{1, 2, 3},
		"media_types": true,
		"mixed":       true,
	}
	d := &twowayDriver{requests: map[int]responseOpener{}, opened: map[int]*twoway.RequestOpener{}}
	b := &bench{}
	return peer{
		hello: map[string]any{
			"name":    "go-twoway",
			"package": "github.com/openpcc/twoway",
			"version": moduleVersion("github.com/openpcc/twoway"),
			"ohttp":   offered,
			"multi":   offered,
			"bench":   benchWorks(),
		},
		operations: map[string]operation{
			"public_key":    op(circlPublicKey),
			"seal_request":  op(d.sealRequest),
			"open_request":  op(d.openRequest),
			"seal_response": op(d.sealResponse),
			"open_response": op(d.openResponse),
			"seal_multi":    op(d.sealMulti),
			"open_multi":    op(d.openMulti),
			"bench_prepare": op(b.prepare),
			"bench_run":     op(b.repeat),
		},
	}
}

type responseOpener func(ct io.Reader, mediaType []byte, opts ...twoway.Option) (io.Reader, error)

type twowayDriver struct {
	last     int
	requests map[int]responseOpener
	opened   map[int]*twoway.RequestOpener
}

type receiver struct {
	KeyID  byte     `json:"key_id"`
	Public hexBytes `json:"public"`
}

type ohttpArguments struct {
	suite
	receiver
	message
	Ikm       hexBytes   `json:"ikm"`
	MediaType hexBytes   `json:"media_type"`
	Chunked   bool       `json:"chunked"`
	Text      text       `json:"text"`
	Handle    int        `json:"handle"`
	Receivers []receiver `json:"receivers"`
	Key       hexBytes   `json:"key"`
}

func (a ohttpArguments) sealOptions(chunks [][]byte) []twoway.Option {
	if !a.Chunked {
		return nil
	}
	return []twoway.Option{twoway.EnableChunking(), twoway.WithMaxChunkPlaintextLen(largest(chunks))}
}

func (a ohttpArguments) openOptions() []twoway.Option {
	if !a.Chunked {
		return nil
	}
	return []twoway.Option{twoway.EnableChunking()}
}

func (d *twowayDriver) sealRequest(a ohttpArguments) (map[string]any, error) {
	s, err := a.suite.circl()
	if err != nil {
		return nil, err
	}
	chunks, err := a.Text.chunks()
	if err != nil {
		return nil, err
	}
	public, err := hpke.KEM(a.Kem).Scheme().UnmarshalBinaryPublicKey(a.Public)
	if err != nil {
		return nil, refuse(err)
	}
	sender, err := twoway.NewRequestSender(s, a.KeyID, public, rand.Reader)
	if err != nil {
		return nil, refuse(err)
	}
	sealer, err := sender.NewRequestSealer(&pieceReader{chunks}, a.MediaType, a.sealOptions(chunks)...)
	if err != nil {
		return nil, refuse(err)
	}
	d.last++
	d.requests[d.last] = sealer.NewResponseOpener
	result := map[string]any{"handle": d.last}
	return result, writeMessage(sealer, a.File, "message", result)
}

func (d *twowayDriver) openRequest(a ohttpArguments) (map[string]any, error) {
	s, err := a.suite.circl()
	if err != nil {
		return nil, err
	}
	_, private, err := circlKeyPair(a.Kem, a.Ikm)
	if err != nil {
		return nil, err
	}
	receiver, err := twoway.NewRequestReceiver(s, a.KeyID, private, rand.Reader)
	if err != nil {
		return nil, refuse(err)
	}
	in, err := a.reader()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	opener, err := receiver.NewRequestOpener(in, a.MediaType, a.openOptions()...)
	if err != nil {
		return nil, refuse(err)
	}
	return d.keep(opener, a.TextFile)
}

func (d *twowayDriver) keep(opener *twoway.RequestOpener, file string) (map[string]any, error) {
	d.last++
	d.opened[d.last] = opener
	result := map[string]any{"handle": d.last}
	return result, writeText(opener, file, result)
}

func (d *twowayDriver) sealResponse(a ohttpArguments) (map[string]any, error) {
	opener, found := d.opened[a.Handle]
	if !found {
		return nil, fmt.Errorf("no request %d was opened", a.Handle)
	}
	chunks, err := a.Text.chunks()
	if err != nil {
		return nil, err
	}
	sealer, err := opener.NewResponseSealer(&pieceReader{chunks}, a.MediaType, a.sealOptions(chunks)...)
	if err != nil {
		return nil, refuse(err)
	}
	result := map[string]any{}
	return result, writeMessage(sealer, a.File, "message", result)
}

func (d *twowayDriver) openResponse(a ohttpArguments) (map[string]any, error) {
	open, found := d.requests[a.Handle]
	if !found {
		return nil, fmt.Errorf("no request %d was sealed", a.Handle)
	}
	in, err := a.reader()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	opener, err := open(in, a.MediaType, a.openOptions()...)
	if err != nil {
		return nil, refuse(err)
	}
	result := map[string]any{}
	return result, writeText(opener, a.TextFile, result)
}

func (d *twowayDriver) sealMulti(a ohttpArguments) (map[string]any, error) {
	s, err := a.suite.circl()
	if err != nil {
		return nil, err
	}
	chunks, err := a.Text.chunks()
	if err != nil {
		return nil, err
	}
	sender := twoway.NewMultiRequestSender(s, rand.Reader)
	sealer, err := sender.NewRequestSealer(&pieceReader{chunks}, a.MediaType, a.sealOptions(chunks)...)
	if err != nil {
		return nil, refuse(err)
	}
	keys := []hexBytes{}
	handles := []int{}
	for _, to := range a.Receivers {
		public, err := hpke.KEM(a.Kem).Scheme().UnmarshalBinaryPublicKey(to.Public)
		if err != nil {
			return nil, refuse(err)
		}
		key, open, err := sealer.EncapsulateKey(to.KeyID, public)
		if err != nil {
			return nil, refuse(err)
		}
		d.last++
		d.requests[d.last] = responseOpener(open)
		keys = append(keys, key)
		handles = append(handles, d.last)
	}
	result := map[string]any{"keys": keys, "handles": handles}
	return result, writeMessage(sealer, a.File, "message", result)
}

func (d *twowayDriver) openMulti(a ohttpArguments) (map[string]any, error) {
	s, err := a.suite.circl()
	if err != nil {
		return nil, err
	}
	_, private, err := circlKeyPair(a.Kem, a.Ikm)
	if err != nil {
		return nil, err
	}
	receiver, err := twoway.NewMultiRequestReceiver(s, a.KeyID, private, rand.Reader)
	if err != nil {
		return nil, refuse(err)
	}
	in, err := a.reader()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	opener, err := receiver.NewRequestOpener(a.Key, in, a.MediaType, a.openOptions()...)
	if err != nil {
		return nil, refuse(err)
	}
	return d.keep(opener, a.TextFile)
}
