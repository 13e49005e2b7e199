// Command web holds the HTTP routers of the article's chapter 4.4: Gin, Go-Kit, and net/http as their yardstick.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/gin-gonic/gin"
	kit "github.com/go-kit/kit/transport/http"

	"testbed/bed"
)

func main() {
	framework := flag.String("framework", "std", "std, gin or gokit")
	flag.Parse()
	handlers := map[string]func() http.Handler{"std": std, "gin": ginHandler, "gokit": kitHandler}
	if handlers[*framework] == nil {
		bed.Must(fmt.Errorf("unknown -framework %q", *framework))
	}
	handler := handlers[*framework]()
	bed.Serve(func(l net.Listener) error { return http.Serve(l, handler) })
}

func std() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/echo", bed.Echo)
	return mux
}

func ginHandler() http.Handler {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.POST("/echo", func(c *gin.Context) { bed.Echo(c.Writer, c.Request) })
	return engine
}

// kitHandler takes Go-Kit's way: decode the request, call the endpoint, encode the answer.
func kitHandler() http.Handler {
	endpoint := func(_ context.Context, request any) (any, error) { return request, nil }
	mux := http.NewServeMux()
	mux.Handle("/echo", kit.NewServer(endpoint, decode, encode))
	return mux
}

func decode(_ context.Context, r *http.Request) (any, error) {
	return io.ReadAll(io.LimitReader(r.Body, bed.MaxBody))
}

func encode(_ context.Context, w http.ResponseWriter, answer any) error {
	w.Header().Set("Content-Type", "application/octet-stream")
	_, err := w.Write(answer.([]byte))
	return err
}
