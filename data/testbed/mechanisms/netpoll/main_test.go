package main

import (
	"bytes"
	"io"
	"net"
	"testing"
)

// Every way to wait answers every frame with the same bytes, also when the frame comes in pieces.
func TestEveryWayEchoes(t *testing.T) {
	for _, wait := range []string{"netpoller", "block", "spin", "hybrid", "oneshot"} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go serve(listener, wait, &polls{})
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		for round := byte(1); round <= 3; round++ {
			sent, back := bytes.Repeat([]byte{round}, frameBytes), make([]byte, frameBytes)
			conn.Write(sent[:100])
			conn.Write(sent[100:])
			if _, err := io.ReadFull(conn, back); err != nil || !bytes.Equal(sent, back) {
				t.Fatalf("%s: round %d: %v", wait, round, err)
			}
		}
		conn.Close()
	}
}
