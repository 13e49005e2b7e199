package loadkit

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
)

// Frame is the frame of TARS' transport: four bytes of length (big endian, themselves included), then the body.
type Frame struct{}

// FrameHead is the size of the length field.
const FrameHead = 4

// Request is one whole frame; connections are closed by the client alone.
func (Frame) Request(body []byte, _ string, _ bool) []byte {
	frame := make([]byte, FrameHead, FrameHead+len(body))
	binary.BigEndian.PutUint32(frame, uint32(FrameHead+len(body)))
	return append(frame, body...)
}

// Answer reads one frame; the protocol has no status, so that a whole frame counts as 200.
func (Frame) Answer(r *bufio.Reader) (int, error) {
	head, err := r.Peek(FrameHead)
	if err != nil {
		return 0, err
	}
	length := int(binary.BigEndian.Uint32(head))
	if length < FrameHead {
		return 0, fmt.Errorf("a frame of %d bytes (%w)", length, io.ErrUnexpectedEOF)
	}
	if _, err := r.Discard(length); err != nil {
		return 0, err
	}
	return 200, nil
}
