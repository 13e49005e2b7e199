// Command routers holds the HTTP routers of the article's chapter 4.4 (Gin, Go-Kit, net/http as their yardstick) with
// one handler body. Under load its trace shows what requests wait for and what goroutines they make; afterwards
// requests are held inside the handler, and their stacks are measured.
package main

import (
	"context"
	"flag"
	"io"
	"net"
	"net/http"
	"os"
	"runtime/pprof"
	"runtime/trace"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"
	kit "github.com/go-kit/kit/transport/http"

	"testbed/mechanisms/mech"
)

var (
	router = flag.String("router", "std", "std, gin or gokit")
	rate   = flag.Float64("rate", 1000, "requests a second")
	held   = flag.Int("held", 32, "requests held inside the handler, to measure their stacks")
)

func main() {
	mech.Main("routers", "stacks, waits and goroutines of requests in HTTP routers", func(r *mech.Report) {
		handler := mech.Choose("router", *router, map[string]func() http.Handler{
			"std": std, "gin": ginRouter, "gokit": kitRouter,
		})()
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		mech.Must(err)
		go http.Serve(listener, timed(handler))
		address := listener.Addr().String()
		finish := mech.Trace()
		r.Open()
		r.Requests(mech.Drive(mech.Load{Address: address, HTTP: true, Connections: *held, Rate: *rate}))
		r.Close()
		finish()
		hold(address)
		depths(r)
		writeGoroutines()
	})
}

// timed marks each request as a region of the execution trace.
func timed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		defer trace.StartRegion(request.Context(), "request").End()
		next.ServeHTTP(w, request)
	})
}

func std() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Write(answer(body))
	})
	return mux
}

func ginRouter() http.Handler {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.POST("/echo", func(c *gin.Context) {
		body, _ := io.ReadAll(c.Request.Body)
		c.Writer.Write(answer(body))
	})
	return engine
}

// kitRouter takes Go-Kit's way: decode the request, call the endpoint, encode the answer.
func kitRouter() http.Handler {
	decode := func(_ context.Context, r *http.Request) (any, error) { return io.ReadAll(r.Body) }
	endpoint := func(_ context.Context, body any) (any, error) { return answer(body.([]byte)), nil }
	encode := func(_ context.Context, w http.ResponseWriter, body any) error {
		_, err := w.Write(body.([]byte))
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/echo", kit.NewServer(endpoint, decode, encode))
	return mux
}

var holding atomic.Bool

// answer is the service behind every router: it echoes, or holds its caller.
//
//go:noinline
func answer(body []byte) []byte {
	if holding.Load() {
		select {}
	}
	return body
}

// hold sends requests that stay inside answer.
func hold(address string) {
	holding.Store(true)
	for i := 0; i < *held; i++ {
		conn, err := net.Dial("tcp", address)
		mech.Must(err)
		conn.Write([]byte("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx"))
		kept = append(kept, conn)
	}
	time.Sleep(100 * time.Millisecond)
}

var kept []net.Conn

func writeGoroutines() {
	file, err := os.Create("goroutine.pb.gz")
	mech.Must(err)
	mech.Must(pprof.Lookup("goroutine").WriteTo(file, 0))
	mech.Must(file.Close())
}
