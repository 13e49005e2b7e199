// Command grpc is the gRPC arm: a goroutine per stream, or grpc-go's stream workers.
package main

import (
	"context"
	"flag"
	"net"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"testbed/bed"
	"testbed/frameworks/echopb"
)

type echo struct{}

func (echo) Echo(_ context.Context, request *wrapperspb.BytesValue) (*wrapperspb.BytesValue, error) {
	return wrapperspb.Bytes(append([]byte(nil), request.Value...)), nil
}

func main() {
	workers := flag.Uint("workers", 0, "NumStreamWorkers; 0: a goroutine per stream")
	flag.Parse()
	server := grpc.NewServer(grpc.NumStreamWorkers(uint32(*workers)))
	server.RegisterService(&echopb.Service, echo{})
	bed.Serve(func(l net.Listener) error { return server.Serve(l) })
}
