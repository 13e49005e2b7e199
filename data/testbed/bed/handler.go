package bed

import (
	"io"
	"net/http"
	"sync"
)

// MaxBody bounds a request body; longer ones are answered with 413.
const MaxBody = 64 << 10

var buffers = sync.Pool{New: func() any { b := make([]byte, MaxBody); return &b }}

// Echo is the handler body of every HTTP arm: it reads the request and sends the same bytes back.
func Echo(w http.ResponseWriter, r *http.Request) {
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	n, err := io.ReadFull(r.Body, *buffer)
	switch {
	case err == nil:
		w.WriteHeader(http.StatusRequestEntityTooLarge)
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Write((*buffer)[:n])
	default:
		w.WriteHeader(http.StatusBadRequest)
	}
}
