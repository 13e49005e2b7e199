package loadkit

import (
	"bufio"
	"net"
	"time"
)

// A Lane carries one request at a time. Send starts it and does not wait; Receive waits for its answer.
type Lane interface {
	Send() error
	Receive() (status int, err error)
	Reopen() error
	Close()
}

// kept is a lane over one connection that is kept alive.
type kept struct {
	address  string
	protocol Protocol
	request  []byte
	conn     net.Conn
	reader   *bufio.Reader
}

// NewKept opens a keep-alive lane.
func NewKept(address string, protocol Protocol, body []byte) (Lane, error) {
	lane := &kept{address: address, protocol: protocol, request: protocol.Request(body, address, false)}
	lane.reader = bufio.NewReaderSize(nil, 16<<10)
	return lane, lane.Reopen()
}

func (k *kept) Send() error           { _, err := k.conn.Write(k.request); return err }
func (k *kept) Receive() (int, error) { return k.protocol.Answer(k.reader) }
func (k *kept) Close()                { k.conn.Close() }

func (k *kept) Reopen() error {
	conn, err := net.DialTimeout("tcp", k.address, 2*time.Second)
	if err != nil {
		return err
	}
	if k.conn != nil {
		k.conn.Close()
	}
	k.conn = conn
	k.reader.Reset(conn)
	return nil
}

// Asked is a lane whose whole exchange happens in Receive, for clients that block in one call.
type Asked struct {
	Call  func() (status int, err error)
	asked chan bool
}

// NewAsked makes a lane of a blocking call.
func NewAsked(call func() (int, error)) *Asked { return &Asked{Call: call, asked: make(chan bool, 1)} }

func (a *Asked) Send() error   { a.asked <- true; return nil }
func (a *Asked) Reopen() error { return nil }
func (a *Asked) Close()        { close(a.asked) }

func (a *Asked) Receive() (int, error) {
	if <-a.asked {
		return a.Call()
	}
	return 0, net.ErrClosed
}

// NewShort makes a lane that opens a new connection for each request, as short-lived clients do.
func NewShort(address string, protocol Protocol, body []byte) Lane {
	request := protocol.Request(body, address, true)
	reader := bufio.NewReaderSize(nil, 16<<10)
	return NewAsked(func() (int, error) {
		conn, err := net.DialTimeout("tcp", address, 2*time.Second)
		if err != nil {
			return 0, nil // counted as a failed request; the lane itself is fine
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(5 * time.Second))
		if _, err := conn.Write(request); err != nil {
			return 0, nil
		}
		reader.Reset(conn)
		status, err := protocol.Answer(reader)
		if err != nil {
			status = 0
		}
		return status, nil
	})
}
