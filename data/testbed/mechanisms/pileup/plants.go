package main

import (
	"fmt"
	"io"
	"net"
	"net/http"

	"testbed/mechanisms/mech"
)

// A field is an HTTP server to plant in; handlers at /hold wait until the gate opens, which it never does.
type field struct {
	address string
	gate    chan struct{}
	client  *http.Client
	open    []net.Conn // kept, because the collector would close what nobody has
}

func newField() *field {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	mech.Must(err)
	f := &field{address: listener.Addr().String(), gate: make(chan struct{})}
	f.client = &http.Client{Transport: &http.Transport{DisableCompression: true}}
	mux := http.NewServeMux()
	mux.HandleFunc("/short", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("ok")) })
	mux.HandleFunc("/long", func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, 1<<20)) })
	mux.HandleFunc("/hold", func(http.ResponseWriter, *http.Request) { f.hold() })
	go http.Serve(listener, mux)
	return f
}

//go:noinline
func (f *field) hold() { <-f.gate }

// senders leave a goroutine each that sends on a channel which nobody receives from.
func senders(f *field) func() { return func() { go abandonedSender(f.gate) } }

// receivers leave a goroutine each that receives from a channel which nobody sends to.
func receivers(f *field) func() { return func() { go abandonedReceiver(f.gate) } }

//go:noinline
func abandonedSender(channel chan<- struct{}) { channel <- struct{}{} }

//go:noinline
func abandonedReceiver(channel <-chan struct{}) { <-channel }

// leakedConnections make one request each on a connection that is then forgotten, neither used nor closed.
func leakedConnections(f *field) func() {
	return func() { f.ask(f.connect(), "/short") }
}

// idleConnections are no leak: a hundred connections, each used once before and again when its turn comes.
func idleConnections(f *field) func() {
	for i := 0; i < 100; i++ {
		f.ask(f.connect(), "/short")
	}
	turn := 0
	return func() {
		f.ask(f.open[turn%len(f.open)], "/short")
		turn++
	}
}

// busyHandlers make one request each that the server is still at work on: no connection is leaked.
func busyHandlers(f *field) func() {
	return func() { f.send(f.connect(), "/hold") }
}

func (f *field) connect() net.Conn {
	conn, err := net.Dial("tcp", f.address)
	mech.Must(err)
	f.open = append(f.open, conn)
	return conn
}

func (f *field) send(conn net.Conn, path string) {
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path)
}

func (f *field) ask(conn net.Conn, path string) {
	f.send(conn, path)
	_, err := conn.Read(make([]byte, 512))
	mech.Must(err)
}

// unreadBodies are answers of which the client reads one byte and neither the rest nor the end.
func unreadBodies(f *field) func() {
	return func() {
		answer, err := f.client.Get("http://" + f.address + "/long")
		mech.Must(err)
		_, err = io.ReadFull(answer.Body, make([]byte, 1))
		mech.Must(err)
	}
}
