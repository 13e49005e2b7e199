package bed

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
)

// ServeFrames serves the framed echo: a goroutine per connection reads frames, answer runs for each of them,
// and must call reply with a whole frame. Frames start with four bytes of length, themselves included.
func ServeFrames(listener net.Listener, answer func(frame []byte, reply func([]byte))) error {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return err
		}
		go serveFrames(conn, answer)
	}
}

func serveFrames(conn net.Conn, answer func([]byte, func([]byte))) {
	defer conn.Close()
	reader := bufio.NewReader(conn)
	for {
		head, err := reader.Peek(4)
		if err != nil {
			return
		}
		length := binary.BigEndian.Uint32(head)
		if length < 4 || length > MaxBody {
			return
		}
		frame := make([]byte, length)
		if _, err := io.ReadFull(reader, frame); err != nil {
			return
		}
		answer(frame, func(reply []byte) { conn.Write(reply) })
	}
}

// EchoFrame is the handler body of every framed arm: the same bytes, in a frame of their own.
func EchoFrame(frame []byte) []byte { return append([]byte(nil), frame...) }
