// Command load is the load client with gRPC added to what the standard client speaks.
package main

import (
	"context"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"testbed/frameworks/echopb"
	"testbed/loadkit"
)

func main() { loadkit.Main(open) }

func open(protocol, target string, body []byte, short bool) (loadkit.Lane, error) {
	if protocol != "grpc" {
		return loadkit.Raw(protocol, target, body, short)
	}
	request := wrapperspb.Bytes(body)
	if short {
		return loadkit.NewAsked(func() (int, error) { return callOnce(target, request), nil }), nil
	}
	conn, err := dial(target)
	if err != nil {
		return nil, err
	}
	return loadkit.NewAsked(func() (int, error) { return call(conn, request), nil }), nil
}

func dial(target string) (*grpc.ClientConn, error) {
	return grpc.NewClient("passthrough:///"+target, grpc.WithTransportCredentials(insecure.NewCredentials()))
}

// callOnce makes one call on a new connection, as short-lived clients do; the connecting is part of it.
func callOnce(target string, request *wrapperspb.BytesValue) int {
	conn, err := dial(target)
	if err != nil {
		return 0
	}
	defer conn.Close()
	return call(conn, request)
}

// call makes one unary call on a connection of its own; grpc's OK counts as 200, its other codes as 1000 + code.
func call(conn *grpc.ClientConn, request *wrapperspb.BytesValue) int {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	answer := new(wrapperspb.BytesValue)
	err := conn.Invoke(ctx, echopb.Method, request, answer)
	switch code := status.Code(err); {
	case err != nil:
		return 1000 + int(code)
	case len(answer.Value) != len(request.Value):
		return 0
	}
	return 200
}
