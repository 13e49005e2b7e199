package loadkit

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strconv"
)

// A Protocol turns a body into the bytes of one request and reads one answer.
type Protocol interface {
	Request(body []byte, host string, close bool) []byte
	Answer(r *bufio.Reader) (status int, err error)
}

// HTTP1 is HTTP/1.1 POST to Path, parsed without allocation so that the client stays cheap.
type HTTP1 struct{ Path string }

// Request is one whole POST.
func (p HTTP1) Request(body []byte, host string, close bool) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/octet-stream\r\n", p.Path, host)
	if close {
		b.WriteString("Connection: close\r\n")
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n", len(body))
	b.Write(body)
	return b.Bytes()
}

// Answer reads the status line, the headers and a body of known length.
func (p HTTP1) Answer(r *bufio.Reader) (int, error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	if len(line) < 12 {
		return 0, fmt.Errorf("bad status line %q", line)
	}
	status, err := strconv.Atoi(string(line[9:12]))
	if err != nil {
		return 0, err
	}
	length, err := contentLength(r)
	if err != nil {
		return status, err
	}
	_, err = r.Discard(length)
	return status, err
}

var lengthName = []byte("content-length:")

func contentLength(r *bufio.Reader) (int, error) {
	length := -1
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		if len(line) > len(lengthName) && bytes.EqualFold(line[:len(lengthName)], lengthName) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[len(lengthName):]))); err != nil {
				return 0, err
			}
		}
	}
	if length < 0 {
		return 0, fmt.Errorf("an answer without Content-Length (%w)", io.ErrUnexpectedEOF)
	}
	return length, nil
}
