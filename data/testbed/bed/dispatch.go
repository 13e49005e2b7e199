package bed

import "net/http"

// A Call is one request on its way from the connection's goroutine to whatever runs its handler body.
type Call struct {
	w    http.ResponseWriter
	r    *http.Request
	body http.HandlerFunc
	done chan struct{}
}

// Run runs the handler body and lets the connection's goroutine go on.
func (c *Call) Run() {
	c.body(c.w, c.r)
	c.done <- struct{}{}
}

// Dispatched makes a handler of body whose calls are started by start: the only thing in which arms differ.
func Dispatched(body http.HandlerFunc, start func(*Call)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		call := &Call{w: w, r: r, body: body, done: make(chan struct{}, 1)}
		start(call)
		<-call.done
	}
}
