// Drivers for peers in Go: the modules twoway and circl, and the standard library's crypto/hpke.
// Speaks the line protocol of tests/interop/README.md on standard input and output.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
)

// A refusal by the peer, in contrast to a request that this driver cannot serve.
type refusal struct{ error }

func refuse(err error) error { return refusal{err} }

type operation func(raw json.RawMessage) (map[string]any, error)

type peer struct {
	hello      map[string]any
	operations map[string]operation
}

// An operation whose arguments have their own type.
func op[T any](run func(T) (map[string]any, error)) operation {
	return func(raw json.RawMessage) (map[string]any, error) {
		var arguments T
		if err := json.Unmarshal(raw, &arguments); err != nil {
			return nil, err
		}
		return run(arguments)
	}
}

func moduleVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if ok {
		for _, module := range info.Deps {
			if module.Path == path {
				return module.Version
			}
		}
	}
	return "unknown"
}

// A panic of the peer has an answer of its own, because the runner does not count it as a refusal.
func answer(p peer, line []byte) (result map[string]any) {
	defer func() {
		if r := recover(); r != nil {
			result = map[string]any{"ok": false, "crashed": fmt.Sprint(r)}
		}
	}()
	var head struct {
		Op string `json:"op"`
	}
	if err := json.Unmarshal(line, &head); err != nil {
		return map[string]any{"ok": false, "error": err.Error()}
	}
	if head.Op == "hello" {
		p.hello["ok"] = true
		return p.hello
	}
	run, found := p.operations[head.Op]
	if !found {
		return map[string]any{"ok": false, "error": "no such operation: " + head.Op}
	}
	result, err := run(line)
	var refused refusal
	switch {
	case errors.As(err, &refused):
		// A reader that asks errors.Is for the end of its input would see one.
		return map[string]any{
			"ok": false, "refused": refused.Error(), "is_eof": errors.Is(refused.error, io.EOF)}
	case err != nil:
		return map[string]any{"ok": false, "error": err.Error()}
	}
	result["ok"] = true
	return result
}

func main() {
	name := flag.String("peer", "", "twoway, circl or stdlib")
	flag.Parse()
	peers := map[string]func() peer{"twoway": twowayPeer, "circl": circlPeer, "stdlib": stdlibPeer}
	create, found := peers[*name]
	if !found {
		fmt.Fprintln(os.Stderr, "usage: interop -peer twoway|circl|stdlib")
		os.Exit(2)
	}
	p := create()
	p.hello["toolchain"] = runtime.Version()
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := json.NewEncoder(os.Stdout)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) == 0 && err != nil {
			return
		}
		if err := out.Encode(answer(p, line)); err != nil {
			return
		}
	}
}
