package main

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/cloudflare/circl/hpke"
	"github.com/cloudflare/circl/kem"
	"github.com/openpcc/twoway"
)

// The operations of `./run bench --peers`. The work is repeated inside the process, so that the
// figures exclude JSON and the start of a program.

type benchArguments struct {
	suite
	Work      string   `json:"work"`
	Ikm       hexBytes `json:"ikm"`
	Length    int      `json:"length"`
	Chunk     int      `json:"chunk"`
	Receivers int      `json:"receivers"`
	Memory    bool     `json:"memory"`
	Duration  float64  `json:"duration"`
}

type work func() error

type bench struct{ run work }

// Frees the previous work and its message first.
func (b *bench) clear() {
	b.run = nil
	debug.FreeOSMemory()
}

func benchWorks() []string {
	names := []string{}
	for name := range makers {
		names = append(names, name)
	}
	return names
}

const benchKeyID = 1

var (
	wholeRequest    = []byte("message/bhttp request")
	chunkedRequest  = []byte("message/bhttp chunked request")
	chunkedResponse = []byte("message/bhttp chunked response")
)

// A sender and a receiver with one key, and the parameters of the request.
type parties struct {
	benchArguments
	circl    hpke.Suite
	public   kem.PublicKey
	private  kem.PrivateKey
	sender   *twoway.RequestSender
	receiver *twoway.RequestReceiver
	body     []byte
	pattern  []byte
	buffer   []byte
	held     []byte
}

var makers = map[string]func(*parties) (work, error){
	"seal_request":          sealRequestWork,
	"open_request":          openRequestWork,
	"seal_chunked_request":  sealChunkedRequestWork,
	"open_chunked_request":  openChunkedRequestWork,
	"seal_chunked_response": sealChunkedResponseWork,
	"open_chunked_response": openChunkedResponseWork,
	"seal_multi":            sealMultiWork,
	"open_multi":            openMultiWork,
}

func (b *bench) prepare(a benchArguments) (map[string]any, error) {
	b.clear()
	maker, found := makers[a.Work]
	if !found {
		return nil, errors.New("there is no such work")
	}
	p, err := newParties(a)
	if err != nil {
		return nil, err
	}
	if b.run, err = maker(p); err != nil {
		return nil, refuse(err)
	}
	debug.FreeOSMemory()
	return map[string]any{"held": len(p.held)}, nil
}

func (b *bench) repeat(a benchArguments) (map[string]any, error) {
	if b.run == nil {
		return nil, errors.New("no work is prepared")
	}
	start := time.Now()
	count := 0
	for count == 0 || time.Since(start).Seconds() < a.Duration {
		if err := b.run(); err != nil {
			return nil, refuse(err)
		}
		count++
	}
	return map[string]any{"count": count, "seconds": time.Since(start).Seconds()}, nil
}

func newParties(a benchArguments) (*parties, error) {
	p := &parties{benchArguments: a, pattern: make([]byte, 64*1024), buffer: make([]byte, 64*1024)}
	var err error
	if p.circl, err = a.suite.circl(); err != nil {
		return nil, err
	}
	if p.public, p.private, err = circlKeyPair(a.Kem, a.Ikm); err != nil {
		return nil, err
	}
	if p.sender, err = twoway.NewRequestSender(p.circl, benchKeyID, p.public, rand.Reader); err != nil {
		return nil, err
	}
	if p.receiver, err = twoway.NewRequestReceiver(p.circl, benchKeyID, p.private, rand.Reader); err != nil {
		return nil, err
	}
	if a.Length <= len(p.pattern) {
		p.body = make([]byte, a.Length)
	}
	return p, nil
}

func (p *parties) sealOptions() []twoway.Option {
	return []twoway.Option{twoway.EnableChunking(), twoway.WithMaxChunkPlaintextLen(p.Chunk)}
}

func (p *parties) openOptions() []twoway.Option {
	return append(p.sealOptions(), twoway.WithInitialChunkBufferLen(p.Chunk))
}

// The long plaintext, from 64 KiB again and again.
type patternReader struct {
	pattern []byte
	left    int
}

func (r *patternReader) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), r.left)], r.pattern)
	r.left -= n
	return n, nil
}

func (p *parties) plaintext() io.Reader { return &patternReader{p.pattern, p.Length} }

// Reads to the end into one buffer of 64 KiB.
func (p *parties) drain(r io.Reader) (int, error) {
	total := 0
	for {
		n, err := r.Read(p.buffer)
		total += n
		if err == io.EOF {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}

func (p *parties) expect(r io.Reader) error {
	n, err := p.drain(r)
	if err == nil && n != p.Length {
		err = fmt.Errorf("the plaintext has %d bytes", n)
	}
	return err
}

// Keeps a message that is to be opened. If memory is measured it lies outside the heap, because a
// larger heap lets the collector wait for longer.
func (p *parties) keep(r io.Reader) error {
	size := p.Length + (p.Length/max(p.Chunk, 1)+2)*64
	var all []byte
	if p.Memory {
		var err error
		if all, err = syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE,
			syscall.MAP_ANON|syscall.MAP_PRIVATE); err != nil {
			return err
		}
	} else {
		all = make([]byte, size)
	}
	n, err := io.ReadFull(r, all)
	if err == nil || !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("the message is longer than expected: %v", err)
	}
	p.held = all[:n]
	return nil
}

func sealRequestWork(p *parties) (work, error) {
	return func() error {
		sealer, err := p.sender.NewRequestSealer(bytes.NewReader(p.body), wholeRequest)
		if err != nil {
			return err
		}
		_, err = io.ReadAll(sealer)
		return err
	}, nil
}

func openRequestWork(p *parties) (work, error) {
	sealer, err := p.sender.NewRequestSealer(bytes.NewReader(p.body), wholeRequest)
	if err != nil {
		return nil, err
	}
	if p.held, err = io.ReadAll(sealer); err != nil {
		return nil, err
	}
	return func() error {
		opener, err := p.receiver.NewRequestOpener(bytes.NewReader(p.held), wholeRequest)
		if err != nil {
			return err
		}
		_, err = io.ReadAll(opener)
		return err
	}, nil
}

func sealChunkedRequestWork(p *parties) (work, error) {
	return func() error {
		sealer, err := p.sender.NewRequestSealer(p.plaintext(), chunkedRequest, p.sealOptions()...)
		if err != nil {
			return err
		}
		_, err = p.drain(sealer)
		return err
	}, nil
}

func openChunkedRequestWork(p *parties) (work, error) {
	sealer, err := p.sender.NewRequestSealer(p.plaintext(), chunkedRequest, p.sealOptions()...)
	if err != nil {
		return nil, err
	}
	if err = p.keep(sealer); err != nil {
		return nil, err
	}
	return func() error {
		opener, err := p.receiver.NewRequestOpener(bytes.NewReader(p.held), chunkedRequest, p.openOptions()...)
		if err != nil {
			return err
		}
		return p.expect(opener)
	}, nil
}

// A request that was sealed and opened, for its response.
func (p *parties) exchange() (*twoway.RequestSealer, *twoway.RequestOpener, error) {
	sealer, err := p.sender.NewRequestSealer(bytes.NewReader(p.body), wholeRequest)
	if err != nil {
		return nil, nil, err
	}
	opener, err := p.receiver.NewRequestOpener(sealer, wholeRequest)
	if err != nil {
		return nil, nil, err
	}
	_, err = io.ReadAll(opener)
	return sealer, opener, err
}

func sealChunkedResponseWork(p *parties) (work, error) {
	_, opener, err := p.exchange()
	if err != nil {
		return nil, err
	}
	return func() error {
		sealer, err := opener.NewResponseSealer(p.plaintext(), chunkedResponse, p.sealOptions()...)
		if err != nil {
			return err
		}
		_, err = p.drain(sealer)
		return err
	}, nil
}

func openChunkedResponseWork(p *parties) (work, error) {
	request, opened, err := p.exchange()
	if err != nil {
		return nil, err
	}
	sealer, err := opened.NewResponseSealer(p.plaintext(), chunkedResponse, p.sealOptions()...)
	if err != nil {
		return nil, err
	}
	if err = p.keep(sealer); err != nil {
		return nil, err
	}
	return func() error {
		opener, err := request.NewResponseOpener(bytes.NewReader(p.held), chunkedResponse, p.openOptions()...)
		if err != nil {
			return err
		}
		return p.expect(opener)
	}, nil
}

func sealMultiWork(p *parties) (work, error) {
	receivers := []kem.PublicKey{}
	for range p.Receivers {
		public, _, err := hpke.KEM(p.Kem).Scheme().GenerateKeyPair()
		if err != nil {
			return nil, err
		}
		receivers = append(receivers, public)
	}
	sender := twoway.NewMultiRequestSender(p.circl, rand.Reader)
	return func() error {
		sealer, err := sender.NewRequestSealer(bytes.NewReader(p.body), wholeRequest)
		if err != nil {
			return err
		}
		for _, to := range receivers {
			if _, _, err = sealer.EncapsulateKey(benchKeyID, to); err != nil {
				return err
			}
		}
		_, err = io.ReadAll(sealer)
		return err
	}, nil
}

func openMultiWork(p *parties) (work, error) {
	sealer, err := twoway.NewMultiRequestSender(p.circl, rand.Reader).NewRequestSealer(
		bytes.NewReader(p.body), wholeRequest)
	if err != nil {
		return nil, err
	}
	key, _, err := sealer.EncapsulateKey(benchKeyID, p.public)
	if err != nil {
		return nil, err
	}
	if p.held, err = io.ReadAll(sealer); err != nil {
		return nil, err
	}
	receiver, err := twoway.NewMultiRequestReceiver(p.circl, benchKeyID, p.private, rand.Reader)
	if err != nil {
		return nil, err
	}
	return func() error {
		opener, err := receiver.NewRequestOpener(key, bytes.NewReader(p.held), wholeRequest)
		if err != nil {
			return err
		}
		_, err = io.ReadAll(opener)
		return err
	}, nil
}
