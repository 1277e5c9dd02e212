package main

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"os"
)

// Bytes in the protocol: lower-case hex.
type hexBytes []byte

func (h *hexBytes) UnmarshalText(text []byte) error {
	decoded, err := hex.DecodeString(string(text))
	*h = decoded
	return err
}

func (h hexBytes) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h)), nil }

// A plaintext: pieces, or a rule that makes a long one.
type text struct {
	Pieces []hexBytes `json:"pieces"`
	Last   hexBytes   `json:"last"`
	Rule   *rule      `json:"rule"`
}

type rule struct {
	Length     int   `json:"length"`
	Multiplier int   `json:"multiplier"`
	Increment  int   `json:"increment"`
	Pieces     []int `json:"pieces"`
}

func (t text) chunks() ([][]byte, error) {
	if len(t.Last) != 0 {
		return nil, errors.New("this peer puts no data in a final chunk")
	}
	var chunks [][]byte
	if t.Rule == nil {
		for _, piece := range t.Pieces {
			chunks = append(chunks, piece)
		}
		return chunks, nil
	}
	all := make([]byte, t.Rule.Length)
	for i := range all {
		all[i] = byte(i*t.Rule.Multiplier + t.Rule.Increment)
	}
	for i := 0; len(all) > 0; i++ {
		size := min(len(all), t.Rule.Pieces[i%len(t.Rule.Pieces)])
		chunks = append(chunks, all[:size])
		all = all[size:]
	}
	return chunks, nil
}

// Gives one piece to each read, as a network does.
type pieceReader struct{ pieces [][]byte }

func (r *pieceReader) Read(p []byte) (int, error) {
	if len(r.pieces) == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.pieces[0])
	if n == len(r.pieces[0]) {
		r.pieces = r.pieces[1:]
	} else {
		r.pieces[0] = r.pieces[0][n:]
	}
	return n, nil
}

func largest(chunks [][]byte) int {
	size := 1
	for _, chunk := range chunks {
		size = max(size, len(chunk))
	}
	return size
}

// A message that comes or goes as hex, or in a file if it is long.
type message struct {
	Message  hexBytes `json:"message"`
	File     string   `json:"file"`
	TextFile string   `json:"text_file"`
}

func (m message) reader() (io.ReadCloser, error) {
	if m.File != "" {
		return os.Open(m.File)
	}
	return io.NopCloser(bytes.NewReader(m.Message)), nil
}

// Reads a message to its end, into a field of the answer or into a file.
func writeMessage(message io.Reader, file, field string, result map[string]any) error {
	if file == "" {
		all, err := io.ReadAll(message)
		if err != nil {
			return refuse(err)
		}
		result[field] = hexBytes(all)
		return nil
	}
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	defer out.Close()
	if _, err = io.Copy(out, message); err != nil {
		return refuse(err)
	}
	return nil
}

// Reads a plaintext to its end, in the same way.
func writeText(opened io.Reader, file string, result map[string]any) error {
	return writeMessage(opened, file, "text", result)
}
